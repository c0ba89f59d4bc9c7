package tayyar.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tayyar.api.StoreAddress;
import tayyar.keys.KeyStore;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.store.Store;
import tayyar.testing.Proxy.Behind;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;

/**
 * Three gateways that are processes and share a store. Each has an upstream of its own, so that a
 * test sees which gateway a request went to.
 */
final class Gateways implements AutoCloseable {
  static final int COUNT = 3;

  /**
   * Where a gateway runs.
   *
   * @param before what its command begins with
   * @param address its own, and
   * @param upstream its upstream's
   * @param stores what stands in the place of 127.0.0.1 where it asks a database
   */
  record Place(List<String> before, String address, String upstream, String stores) {
    /** This machine. */
    static final Place HERE = here();

    static final List<Place> ALL_HERE = Collections.nCopies(COUNT, HERE);

    /** This machine, begun so. */
    static Place here(String... before) {
      return new Place(List.of(before), "127.0.0.1", "127.0.0.1", "127.0.0.1");
    }
  }

  private final Path folder;
  private final StoreAddress at;
  private final List<Place> places;
  private final String more;
  private final String key;
  private final List<Simulator> upstreams = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private final List<Behind> ports = new ArrayList<>();

  private Gateways(Path folder, StoreAddress at, List<Place> places, String more) {
    this.folder = folder;
    this.at = at;
    this.places = places;
    this.more = more;
    try (Store store = Store.open(at)) {
      this.key = new KeyStore(store.dataSource()).create("", 100_000).secret();
    }
  }

  /**
   * Starts them.
   *
   * @param more further lines of their configuration
   */
  static Gateways start(Path folder, String more) throws IOException {
    var file = new StoreAddress.File(folder.resolve("tayyar.db"));
    return start(folder, file, Place.ALL_HERE, more);
  }

  /** The same with another store, and elsewhere. */
  static Gateways start(Path folder, StoreAddress at, List<Place> places, String more)
      throws IOException {
    var all = new Gateways(folder, at, places, more);
    try {
      for (int i = 0; i < COUNT; i++) {
        Place place = places.get(i);
        var any = new InetSocketAddress(place.upstream(), 0);
        all.upstreams.add(Simulator.start(any, Script.of("numbered tokens=5")));
        all.runs.add(all.serve(i, place.address() + ":0", "127.0.0.1:0"));
      }
      for (Run run : all.runs) {
        int api = run.address().getPort();
        URI admin = URI.create(run.find("metrics +(http://127\\.0\\.0\\.1:\\d+)/metrics"));
        all.ports.add(new Behind(api, admin.getPort()));
      }
      return all;
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private Run serve(int index, String listen, String admin) throws IOException {
    Place place = places.get(index);
    Path home = Files.createDirectories(folder.resolve("gateway" + index));
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(
        config,
        """
        store: "%s"
        trustedProxies: [127.0.0.1]
        models: [{ name: sim, targets: [{ url: "http://%s:%d/v1" }] }]
        %s
        """
            .formatted(
                elsewhere(place, "" + at),
                place.upstream(),
                upstreams.get(index).address().getPort(),
                elsewhere(place, more)));
    String[] args = {"serve", "--config", "" + config, "--listen", listen, "--admin", admin};
    return Run.behind(place.before(), home, args);
  }

  private static String elsewhere(Place place, String text) {
    return text.replace("127.0.0.1", place.stores());
  }

  /** Starts one again that has ended, where it was. */
  void again(int index) throws IOException {
    runs.get(index).close();
    Behind at = ports.get(index);
    String address = places.get(index).address();
    runs.set(index, serve(index, address + ":" + at.api(), "127.0.0.1:" + at.admin()));
    runs.get(index).address();
  }

  StoreAddress store() {
    return at;
  }

  /** A key with a limit no test reaches. */
  String key() {
    return key;
  }

  List<Behind> ports() {
    return List.copyOf(ports);
  }

  Simulator upstream(int index) {
    return upstreams.get(index);
  }

  Run run(int index) {
    return runs.get(index);
  }

  /** The address of its API, past any proxy. */
  InetSocketAddress at(int index) {
    return new InetSocketAddress(places.get(index).address(), ports.get(index).api());
  }

  /** A gateway whose upstream is answering; -1 where none is. */
  int answering() {
    for (int i = 0; i < COUNT; i++) {
      if (upstreams.get(i).answering() > 0) {
        return i;
      }
    }
    return -1;
  }

  /** Forgets the requests that no test has taken. */
  void forget() {
    upstreams.forEach(Simulator::forget);
  }

  /** Requests at all upstreams so far. */
  long requests() {
    return upstreams.stream().mapToLong(Simulator::requests).sum();
  }

  /** The status of {@code /readyz}. */
  int readiness(int index) throws IOException {
    var admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(index).admin());
    try (RawHttp client = RawHttp.to(admin)) {
      return client.send(Requests.bare("GET", "/readyz")).response().status();
    }
  }

  /** Open connections of its clients. */
  double connections(int index) throws IOException {
    return gauge(index, "tayyar_connections");
  }

  /** A gauge without labels. */
  double gauge(int index, String name) throws IOException {
    var admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(index).admin());
    try (RawHttp client = RawHttp.to(admin)) {
      String page =
          client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").response().text();
      return page.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    }
  }

  @Override
  public void close() {
    runs.forEach(Run::close);
    upstreams.forEach(Simulator::close);
  }
}
