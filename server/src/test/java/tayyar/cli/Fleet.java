package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Movements;
import tayyar.accounts.Reconciliation;
import tayyar.accounts.RequestStore;
import tayyar.api.StoreAddress;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/**
 * Three gateways that are processes, each with a home of its own as on three machines, and the
 * organisation "nile", which pays for each token. What the tests ask of the store does not pass
 * through a gateway.
 */
final class Fleet implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(20);
  static final long MONEY = 1_000_000_000_000L;
  private static final long MILLION = 1_000_000;

  private final Store store;
  private final Gateways gateways;
  private String secret;

  private Fleet(Store store, Gateways gateways, String secret) {
    this.store = store;
    this.gateways = gateways;
    this.secret = secret;
  }

  /**
   * Starts them.
   *
   * @param places where each of them runs
   * @param more further lines of their configuration
   */
  static Fleet start(Path folder, StoreAddress at, List<Gateways.Place> places, String more)
      throws IOException {
    Store store = Store.open(at);
    try {
      var accounts = new AccountStore(store.dataSource());
      accounts.setPrice("sim", MILLION, MILLION, MILLION, MILLION, 0, null);
      String id = accounts.createOrganisation("nile", null, true, ZoneId.of("UTC")).id();
      new Movements(store.dataSource()).add(id, Movements.Kind.TOP_UP, MONEY, "", null, "test");
      String secret = newKey(store, 100_000).secret();
      String all = more + "deadlines: { preStop: 0s }\n";
      return new Fleet(store, Gateways.start(folder, at, places, all), secret);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static KeyStore.Issued newKey(Store store, int requestsPerMinute) {
    var accounts = new AccountStore(store.dataSource());
    var terms = new KeyStore.Terms(accounts.project("nile").id(), null, null);
    return new KeyStore(store.dataSource()).create("", requestsPerMinute, terms);
  }

  Gateways gateways() {
    return gateways;
  }

  Store store() {
    return store;
  }

  /** Goes on with a new key; returns its id. */
  String newKey(int requestsPerMinute) {
    KeyStore.Issued issued = newKey(store, requestsPerMinute);
    secret = issued.secret();
    return issued.key().id();
  }

  AccountStore.Organisation nile() {
    return new AccountStore(store.dataSource()).organisation("nile");
  }

  /** Corrects the balance by so much. */
  void corrects(long amount) {
    new Movements(store.dataSource())
        .add(nile().id(), Movements.Kind.CORRECTION, amount, "", null, "test");
  }

  RawHttp asks(int gateway, String text) throws IOException {
    RawHttp client = RawHttp.to(gateways.at(gateway));
    client.send(Requests.post(secret, Requests.chat("sim", text, true).toString()));
    return client;
  }

  Response answer(int gateway) throws IOException {
    try (RawHttp client = asks(gateway, "hi")) {
      return client.response();
    }
  }

  void answers(int gateway, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      Response response = answer(gateway);
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(response.events().done()).isTrue();
    }
  }

  /** Asks each of them as often. */
  void allAnswer(int times) throws IOException {
    for (int i = 0; i < Gateways.COUNT; i++) {
      answers(i, times);
    }
  }

  /** A stream of whose tokens its client has seen two. */
  RawHttp held(int gateway) throws IOException {
    gateways.upstream(gateway).forget();
    RawHttp client = asks(gateway, "[[hold@2]]");
    assertThat(client.head().status()).isEqualTo(200);
    readTo(client, "\"content\":\"1 \"");
    return client;
  }

  /** Lets a held stream of this gateway go on, whose client reads it to its end. */
  void finishes(int gateway, RawHttp held) throws IOException {
    gateways.upstream(gateway).next(SOON).release();
    readTo(held, "[DONE]");
  }

  static void readTo(RawHttp client, String sought) throws IOException {
    String seen = "";
    while (!seen.contains(sought)) {
      seen += client.chunk().text();
    }
  }

  List<RequestStore.Request> rows() {
    return new RequestStore(store.dataSource())
        .find(new RequestStore.Filter(null, null, "nile", null, null, null, null, 10_000));
  }

  /** Waits until there are so many rows; what they cost has then left the balance, once. */
  void booked(int requests) {
    await("rows of all requests")
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(rows()).hasSize(requests));
    assertThat(Reconciliation.of(store.dataSource()).told()).isEmpty();
    long used = rows().stream().mapToLong(Fleet::cost).sum();
    assertThat(nile().balance()).isEqualTo(MONEY - used);
  }

  private static long cost(RequestStore.Request row) {
    Long amount = row.amount();
    return amount == null ? 0 : amount;
  }

  @Override
  public void close() {
    gateways.close();
    store.close();
  }
}
