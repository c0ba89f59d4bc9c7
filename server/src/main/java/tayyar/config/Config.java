package tayyar.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Keep;
import tayyar.api.Languages;
import tayyar.api.Network;
import tayyar.api.StoreAddress;
import tayyar.api.Storing;

/**
 * The whole configuration, checked.
 *
 * @param listen the API and the playground
 * @param admin the control plane and the metrics
 * @param tls TLS of the listeners, or null for none
 * @param http2 whether clients may speak HTTP/2
 * @param store where keys, accounts and the ledger are
 * @param keep how long the ledger keeps its rows, or null for ever
 * @param storing how responses are stored, or null where none may be
 * @param limits counters that gateways share, or null where this one counts alone
 * @param models the served models; empty for the default model
 * @param asked models asked for by flag or environment, in place of {@code models}: files, URLs,
 *     names of the catalogue or of a hub; empty where none is asked for
 * @param languages what the model knows that is asked for so, or the default one; null where
 *     nothing is said
 * @param engine settings of embedded models
 * @param bounds bounds and deadlines
 * @param exposesTarget whether answers name the target that gave them
 * @param natives llama.cpp's libraries, or null for those that are to be fetched
 * @param transport the sockets' transport
 * @param loops event loops, 1 to 256
 * @param trustedProxies those whose word for a client's address is believed
 * @param seen settings of metrics, access log and traces
 */
public record Config(
    Listen listen,
    Listen admin,
    @Nullable TlsSettings tls,
    boolean http2,
    StoreAddress store,
    @Nullable Keep keep,
    @Nullable Storing storing,
    @Nullable SharedLimits limits,
    List<ServedModel> models,
    List<String> asked,
    @Nullable Languages languages,
    EngineSettings engine,
    Bounds bounds,
    boolean exposesTarget,
    @Nullable Natives natives,
    Sockets transport,
    int loops,
    List<Network> trustedProxies,
    Seen seen) {

  static final int LOOPS_MAX = 256;

  /**
   * llama.cpp's libraries.
   *
   * @param folder where they are
   * @param own whether the operator named it; else they are those that Tayyar is made for
   */
  public record Natives(Path folder, boolean own) {}

  /** The sockets' transport. */
  public enum Sockets {
    /** The best this machine has. */
    AUTO,
    /** Linux. */
    EPOLL,
    /** Everywhere. */
    NIO
  }

  /** Refuses contradictions. */
  public Config {
    models = List.copyOf(models);
    asked = List.copyOf(asked);
    trustedProxies = List.copyOf(trustedProxies);
    Text.range("loops", loops, 1, LOOPS_MAX);
    if (listen.port() != 0 && listen.equals(admin)) {
      throw new ConfigException("'listen' and 'admin' are both " + listen + "; they must differ");
    }
    boolean atStore = limits != null && limits.redis() == null;
    if (atStore && !(store instanceof StoreAddress.Server)) {
      throw new ConfigException(
          "'limits' has 'shared: store', and an SQLite file counts no limits; name a Redis, or a"
              + " store such as postgresql://USER@HOST/DATABASE");
    }
    Set<String> names = new HashSet<>();
    for (ServedModel model : models) {
      if (!names.add(model.name())) {
        throw named(model.name());
      }
    }
    for (ServedModel model : models) {
      for (String alias : model.aliases()) {
        if (!names.add(alias)) {
          throw named(alias);
        }
      }
    }
  }

  private static ConfigException named(String twice) {
    return new ConfigException(
        "two models are called '" + twice + "'; each needs a name of its own");
  }

  /** The same with the models as they are found on this machine. */
  public Config with(List<ServedModel> found, @Nullable Natives libraries) {
    return new Config(
        listen,
        admin,
        tls,
        http2,
        store,
        keep,
        storing,
        limits,
        found,
        List.of(),
        null,
        engine,
        bounds,
        exposesTarget,
        libraries,
        transport,
        loops,
        trustedProxies,
        seen);
  }

  /** The same with other addresses, without TLS, and another database. */
  public Config at(Listen api, Listen control, Path database) {
    return new Config(
        api,
        control,
        null,
        http2,
        new StoreAddress.File(database),
        keep,
        storing,
        limits,
        models,
        asked,
        languages,
        engine,
        bounds,
        exposesTarget,
        natives,
        transport,
        loops,
        trustedProxies,
        seen);
  }

  /**
   * Names the settings that another configuration changes and a running server keeps: all but
   * models and the deadlines of their answers. Of both the models are found.
   */
  public List<String> keptUntilRestart(Config other) {
    return Kept.changed(this, other);
  }

  /** The names of its models. */
  public List<String> names() {
    return models.stream().map(ServedModel::name).toList();
  }

  /** Whether a model runs on the embedded engine. */
  public boolean embeds() {
    return models.stream().anyMatch(model -> model.from() instanceof ServedModel.From.File);
  }
}
