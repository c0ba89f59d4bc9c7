package tayyar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.Gateway;
import tayyar.Offer;
import tayyar.Plan;
import tayyar.Seen;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.api.Network;
import tayyar.api.Storing;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.http.Callers;
import tayyar.keys.KeyStore;
import tayyar.limits.WhenAway;
import tayyar.net.Transport;
import tayyar.routing.Fleet;
import tayyar.routing.LeastInFlight;
import tayyar.routing.Streams;
import tayyar.store.Store;

/** A gateway as it runs, and the store it uses, as another process sees it. */
final class Wiring implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final Store store;
  private final KeyStore keys;
  private final String key;
  private final Plan plan;
  private Gateway gateway;
  private final Map<String, String> keyIds = new ConcurrentHashMap<>();

  /** Creates the key before the gateway, which so knows it from the start. */
  private Wiring(Path folder, Store store, Plan plan) throws IOException {
    this.folder = folder;
    this.store = store;
    this.keys = new KeyStore(store.dataSource());
    this.key = createKey(100_000);
    this.plan = plan;
    this.gateway = gateway(plan);
  }

  /** Starts a gateway in front of one upstream. */
  static Wiring start(
      InetSocketAddress upstream,
      Bounds bounds,
      Streams streams,
      Target.Dialect dialect,
      @Nullable Storing storing)
      throws IOException {
    Address address = new Address.Tcp(LOOPBACK, upstream.getPort(), false);
    var access = new Target.Access("", "", null, null, false, "", dialect);
    Target target = new Target("upstream", address, "/v1", "model-over-there", null, access);
    Model model = new Model(TestGateway.MODEL, 1_767_225_600, "tests", null, null, List.of());
    return start(
        List.of(
            new Offer.Remote(
                model, List.of(new Fleet.Member(target, 1, 0)), rules(bounds, streams), Map.of())),
        bounds,
        storing);
  }

  /** Returns the default rules. */
  static Fleet.Rules rules(Bounds bounds) {
    return rules(bounds, Streams.WANTED);
  }

  static Fleet.Rules rules(Bounds bounds, Streams streams) {
    return new Fleet.Rules(new LeastInFlight(), List.of(), 100, streams, bounds);
  }

  static Wiring start(List<Offer> offers, Bounds bounds, boolean exposesTarget) throws IOException {
    return start(offers, bounds, exposesTarget, Seen.USUAL);
  }

  static Wiring start(List<Offer> offers, Bounds bounds, boolean exposesTarget, Seen seen)
      throws IOException {
    return start(offers, bounds, exposesTarget, seen, List.of());
  }

  /** Models of our own that share so much. */
  static Wiring start(List<Offer> offers, Bounds bounds, Plan.Shared shared) throws IOException {
    return start(offers, bounds, false, Seen.USUAL, List.of(), shared, null, null);
  }

  /** The same behind these proxies. */
  static Wiring start(
      List<Offer> offers, Bounds bounds, boolean exposesTarget, Seen seen, List<Network> trusted)
      throws IOException {
    return start(offers, bounds, exposesTarget, seen, trusted, Plan.Shared.ALL, null, null);
  }

  /** The same where responses may be stored. */
  static Wiring start(List<Offer> offers, Bounds bounds, @Nullable Storing storing)
      throws IOException {
    return start(offers, bounds, false, Seen.USUAL, List.of(), Plan.Shared.ALL, storing, null);
  }

  /** The same that counts its limits together with others. */
  static Wiring counting(List<Offer> offers, Bounds bounds, Plan.SharedCounts counts)
      throws IOException {
    return start(offers, bounds, true, Seen.USUAL, List.of(), Plan.Shared.ALL, null, counts);
  }

  private static Wiring start(
      List<Offer> offers,
      Bounds bounds,
      boolean exposesTarget,
      Seen seen,
      List<Network> trusted,
      Plan.Shared shared,
      @Nullable Storing storing,
      Plan.@Nullable SharedCounts counts)
      throws IOException {
    Path folder = Files.createTempDirectory("tayyar-test");
    Path file = folder.resolve("tayyar.db");
    Plan plan =
        new Plan(
            new Address.Tcp(LOOPBACK, 0, false),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            OverTls.Switch.secured(),
            true,
            Stores.at(file),
            null,
            storing,
            counts == null ? usual() : counts,
            offers,
            shared,
            bounds,
            exposesTarget,
            Transport.best(),
            2,
            new Callers(trusted),
            seen);
    return new Wiring(folder, Stores.open(file), plan);
  }

  /** As a configuration has it that says nothing of limits. */
  private static Plan.@Nullable SharedCounts usual() {
    return Stores.isAtServer() ? new Plan.SharedCounts(Stores.redis(), WhenAway.OPEN) : null;
  }

  Gateway gateway() {
    return gateway;
  }

  InetSocketAddress address() {
    return gateway.api();
  }

  /** A key with a limit no test reaches. */
  String key() {
    return key;
  }

  String createKey(int requestsPerMinute) {
    KeyStore.Issued issued = keys.create("", requestsPerMinute);
    keyIds.put(issued.secret(), issued.key().id());
    return issued.secret();
  }

  String keyId(String key) {
    return keyIds.getOrDefault(key, "");
  }

  void revoke(String key) {
    keys.revoke(keyId(key));
  }

  List<LedgerRow> rows() {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT * FROM requests ORDER BY " + Stores.written())) {
      List<LedgerRow> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row(rows));
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LedgerRow row(ResultSet rows) throws SQLException {
    return new LedgerRow(
        rows.getString("request_id"),
        text(rows, "key_id"),
        text(rows, "model"),
        text(rows, "target"),
        rows.getInt("attempts"),
        rows.getString("outcome"),
        rows.getInt("status"),
        rows.getInt("prompt_tokens"),
        rows.getInt("completion_tokens"),
        rows.getInt("cached_tokens"),
        rows.getBoolean("estimated"),
        text(rows, "tries"));
  }

  private static String text(ResultSet rows, String column) throws SQLException {
    String text = rows.getString(column);
    return text == null ? "" : text;
  }

  Path database() {
    return folder.resolve("tayyar.db");
  }

  int liveStreams() {
    return gateway.live();
  }

  int permits() {
    return gateway.permits();
  }

  /** Stops the gateway and starts another one on the same store, at another port. */
  void restart() throws IOException {
    stop();
    gateway = gateway(plan);
  }

  private static Gateway gateway(Plan plan) throws IOException {
    Gateway gateway = new Gateway(plan);
    if (plan.secured() != null && OverTls.Switch.isOn()) {
      OverTls.Switch.listens(gateway.api());
    }
    OverHttp2.Switch.listens(gateway.api());
    return gateway;
  }

  /** Stops the gateway; the store can still be read. */
  void stop() {
    OverTls.Switch.closes(gateway.api());
    OverHttp2.Switch.closes(gateway.api());
    gateway.close();
  }

  /** Closes the store and removes it. */
  @Override
  public void close() {
    store.close();
    Stores.remove(database());
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
