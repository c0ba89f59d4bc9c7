package tayyar;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.CertificateFiles;
import tayyar.api.Keep;
import tayyar.api.StoreAddress;
import tayyar.api.Storing;
import tayyar.api.Target.Address;
import tayyar.http.Callers;
import tayyar.limits.WhenAway;
import tayyar.net.Transport;
import tayyar.redis.RedisAt;

/**
 * What is to run.
 *
 * @param listen address of the API
 * @param admin address of the control plane
 * @param secured what has TLS, or null for nothing
 * @param http2 whether clients may speak HTTP/2
 * @param store where keys, accounts and the ledger are
 * @param keep how long the ledger keeps its rows, or null for ever
 * @param storing how responses are stored, or null where none may be
 * @param counts counters of limits that gateways share, or null where this one counts alone
 * @param models what is served
 * @param shared what the embedded models share
 * @param bounds a bound on everything
 * @param exposesTarget whether answers name the target that gave them
 * @param transport the way to the kernel
 * @param loops event loops, at least 1
 * @param callers tells the clients' addresses
 * @param seen what is told of the requests
 */
public record Plan(
    Address.Tcp listen,
    InetSocketAddress admin,
    @Nullable Secured secured,
    boolean http2,
    StoreAddress store,
    @Nullable Keep keep,
    @Nullable Storing storing,
    @Nullable SharedCounts counts,
    List<Offer> models,
    Shared shared,
    Bounds bounds,
    boolean exposesTarget,
    Transport transport,
    int loops,
    Callers callers,
    Seen seen) {
  /**
   * Counters of limits that gateways share.
   *
   * @param redis where they are; null for the store, which is a PostgreSQL server's then
   * @param whenAway what becomes of requests while they do not answer
   */
  public record SharedCounts(@Nullable RedisAt redis, WhenAway whenAway) {}

  /**
   * What has TLS besides the API.
   *
   * @param certificates at least one; the first is shown to clients that name nobody we know
   * @param redirect an address that sends whoever comes there to the API's, or null
   * @param admin whether the control plane has TLS
   */
  public record Secured(
      List<CertificateFiles> certificates, Address.@Nullable Tcp redirect, boolean admin) {}

  /**
   * What the embedded models share.
   *
   * @param memoryBytes for all of them together
   * @param threads that compute, at least 1
   */
  public record Shared(long memoryBytes, int threads) {
    /** No bound on the memory, and all cores. */
    public static final Shared ALL =
        new Shared(Long.MAX_VALUE, Runtime.getRuntime().availableProcessors());
  }
}
