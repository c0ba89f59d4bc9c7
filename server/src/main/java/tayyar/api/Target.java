package tayyar.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A server that can answer for a model.
 *
 * @param name its name in logs and metrics
 * @param address its address
 * @param path the path before {@code /chat/completions}, for instance {@code /v1}
 * @param model the model's name at the target
 * @param key its key, or null; never logged, never sent elsewhere
 * @param access the way to reach it
 */
public record Target(
    String name, Address address, String path, String model, @Nullable String key, Access access) {

  /** Creates a target with the usual access. */
  public Target(String name, Address address, String path, String model, @Nullable String key) {
    this(name, address, path, model, key, Access.USUAL);
  }

  /**
   * The way to reach a target.
   *
   * @param keyHeader the field that carries the key as it is; empty for a bearer key
   * @param query the query of each path, or empty
   * @param ca certificates as PEM, of which one must have issued the target's; null for those that
   *     Java trusts
   * @param proxy the proxy of all connections, or null
   * @param salted whether requests carry a salt, by which the target keeps one key's cached prompts
   *     from another's
   * @param region where it is, in the operator's word; empty where that is not said
   * @param dialect the API language that it speaks
   * @param accountFiles whether requests may name what is stored there in its operator's account
   */
  public record Access(
      String keyHeader,
      String query,
      @Nullable Path ca,
      Address.@Nullable Tcp proxy,
      boolean salted,
      String region,
      Dialect dialect,
      boolean accountFiles) {
    /** A bearer key, no query, Java's certificates, no proxy, no salt. */
    public static final Access USUAL = new Access("", "", null, null);

    /** Creates an access without a salt. */
    public Access(String keyHeader, String query, @Nullable Path ca, Address.@Nullable Tcp proxy) {
      this(keyHeader, query, ca, proxy, false);
    }

    /** Creates an access without a region. */
    public Access(
        String keyHeader,
        String query,
        @Nullable Path ca,
        Address.@Nullable Tcp proxy,
        boolean salted) {
      this(keyHeader, query, ca, proxy, salted, "");
    }

    /** Creates an access to a server whose operator's files nobody may name. */
    public Access(
        String keyHeader,
        String query,
        @Nullable Path ca,
        Address.@Nullable Tcp proxy,
        boolean salted,
        String region,
        Dialect dialect) {
      this(keyHeader, query, ca, proxy, salted, region, dialect, false);
    }

    /** Creates an access to a server of OpenAI's API. */
    public Access(
        String keyHeader,
        String query,
        @Nullable Path ca,
        Address.@Nullable Tcp proxy,
        boolean salted,
        String region) {
      this(keyHeader, query, ca, proxy, salted, region, Dialect.OPENAI);
    }
  }

  /** An API language of servers. */
  public enum Dialect {
    /** OpenAI's chat completions, completions and embeddings. */
    OPENAI,
    /** Anthropic's Messages. */
    ANTHROPIC,
    /** Google's own API of its Gemini models. */
    GEMINI,
    /** OpenAI's Responses. */
    RESPONSES
  }

  /** The address of a server. */
  public sealed interface Address {
    /**
     * A TCP address.
     *
     * @param host name or address
     * @param port 1 to 65535
     * @param tls whether to speak TLS, with the certificate checked against the host
     */
    record Tcp(String host, int port, boolean tls) implements Address {}

    /** A Unix domain socket. */
    record Unix(String path) implements Address {}
  }

  /** Hashes the name only: String caches its hash, and each request looks targets up in maps. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "Target[" + name + "]";
  }
}
