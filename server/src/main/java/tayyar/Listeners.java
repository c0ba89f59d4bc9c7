package tayyar;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.admin.AdminPages;
import tayyar.api.Bound;
import tayyar.api.CertificateFiles;
import tayyar.api.Target.Address;
import tayyar.dialect.ClientDialect;
import tayyar.http.Gate;
import tayyar.http.Live;
import tayyar.http.Redirect;
import tayyar.http.Route;
import tayyar.http.Routes;
import tayyar.http.Server;
import tayyar.limits.Budget;
import tayyar.net.Descriptors;
import tayyar.telemetry.Count;
import tayyar.telemetry.Gauge;
import tayyar.telemetry.Telemetry;
import tayyar.tls.Tls;
import tayyar.tls.TlsException;

/** Opens the addresses that a gateway listens on. Safe for use by any thread. */
final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final Plan plan;
  private final EventLoopGroup loops;
  private final Budget budget;
  private final ClientDialect dialect;
  private final Descriptors descriptors = Descriptors.ofProcess();
  private final @Nullable Tls tls;
  private volatile @Nullable Server redirect;

  /**
   * Nothing is open yet.
   *
   * @throws TlsException if a certificate cannot be used
   */
  Listeners(Plan plan, EventLoopGroup loops, Budget budget, ClientDialect dialect)
      throws TlsException {
    this.plan = plan;
    this.loops = loops;
    this.budget = budget;
    this.dialect = dialect;
    Plan.Secured secured = plan.secured();
    this.tls = secured == null ? null : Tls.start(secured.certificates(), plan.http2());
  }

  /** Opens the API's address, and the one that sends others there. */
  Server api(Routes routes, Live live) throws IOException {
    Server api = open(plan.listen(), tls, routes, live, connectionsMax());
    Plan.Secured secured = plan.secured();
    Address.Tcp from = secured == null ? null : secured.redirect();
    if (from != null) {
      int port = ((InetSocketAddress) api.address()).getPort();
      redirect = open("redirect", from, null, Redirect.routes(() -> port));
    }
    return api;
  }

  /** Opens the control plane's address. */
  Server admin(List<Route> table) throws IOException {
    InetSocketAddress at = plan.admin();
    var address = new Address.Tcp(at.getHostString(), at.getPort(), false);
    Plan.Secured secured = plan.secured();
    return open("admin", address, secured != null && secured.admin() ? tls : null, table);
  }

  private Server open(String what, Address.Tcp at, @Nullable Tls secured, List<Route> table)
      throws IOException {
    Routes routes = Routes.of(table, Gate.operators(at.host(), plan.callers()), dialect);
    int most = Math.min(AdminPages.CONNECTIONS_MAX, descriptors.operators());
    try {
      return open(at, secured, routes, new Live(), most);
    } catch (IOException e) {
      throw new IOException(
          "The %s address %s:%d cannot be used: %s."
              .formatted(what, at.host(), at.port(), e.getMessage()),
          e);
    }
  }

  private Server open(Address.Tcp at, @Nullable Tls secured, Routes routes, Live live, int most)
      throws IOException {
    return new Server(
        at,
        secured,
        plan.http2(),
        plan.transport(),
        loops,
        routes,
        live,
        plan.bounds(),
        most,
        budget);
  }

  private int connectionsMax() {
    int wanted = plan.bounds().of(Bound.CONNECTIONS);
    int most = Math.min(wanted, descriptors.clients());
    if (most < wanted) {
      LOG.atInfo()
          .addKeyValue("connections", most)
          .addKeyValue("open_files", descriptors.most())
          .log("fewer connections are taken than connectionsMax, for few files may be open");
    }
    return most;
  }

  /** Where others are sent on from, or null. */
  @Nullable InetSocketAddress redirect() {
    Server open = redirect;
    return open == null ? null : (InetSocketAddress) open.address();
  }

  /** Shows other certificates; of none where there is no TLS. */
  void show(List<CertificateFiles> certificates) throws TlsException {
    if (tls != null && !certificates.isEmpty()) {
      tls.show(certificates);
    }
  }

  void gauges(Telemetry telemetry) {
    Tls its = tls;
    if (its != null) {
      telemetry.gauge(Gauge.CERTIFICATE_END, its::endSeconds);
      telemetry.gauge(Gauge.CERTIFICATE_REFUSED, () -> its.refused() ? 1 : 0);
      telemetry.count(Count.HANDSHAKES_FAILED, its::failures);
    }
  }

  /** Closes what is left open behind the servers that it gave out. */
  @Override
  public void close() {
    Server open = redirect;
    if (open != null) {
      open.close();
    }
    if (tls != null) {
      tls.close();
    }
  }
}
