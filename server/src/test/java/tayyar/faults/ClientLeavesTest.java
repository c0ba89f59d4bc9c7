package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bounds;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Cases;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.Measured;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** The client leaves: the upstream stops, and the ledger gets 499. */
@Tag("socket")
class ClientLeavesTest {
  private static final int LEAVES = 50;

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.streaming(Bounds.DEFAULT);

  private static String post(String key, String text, boolean stream) {
    return Requests.post(key, Requests.chat(TestGateway.MODEL, text, stream).toString());
  }

  private static void leave(RawHttp client, String how) throws IOException {
    if (how.equals("reset")) {
      client.reset();
    } else {
      client.close();
    }
  }

  private static void assertClientGone(String key, int tokens) {
    LedgerRow row = GATEWAY.rowOf(key);
    assertThat(row.outcome()).isEqualTo("client_gone");
    assertThat(row.status()).isEqualTo(499);
    assertThat(row.completionTokens()).isEqualTo(tokens);
    assertThat(row.estimated()).isEqualTo(tokens > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "reset"})
  void inTheBody(String how) throws IOException {
    String key = GATEWAY.newKey(100);
    String post = post(key, "[[tokens=1]]", true);
    RawHttp client = GATEWAY.connect();
    client.send(post.substring(0, post.length() - 10));
    leave(client, how);

    assertThat(GATEWAY.row(GATEWAY.stream("somebody else")).status()).isEqualTo(200);
    assertThat(GATEWAY.rowsOf(key)).isEmpty();
    assertThat(GATEWAY.upstream().body().toString()).contains("somebody else");
  }

  @ParameterizedTest
  @CsvSource({"close,true", "reset,true", "close,false", "reset,false"})
  void beforeTheFirstToken(String how, boolean stream) throws IOException {
    String key = GATEWAY.newKey(100);
    RawHttp client = GATEWAY.connect();
    client.send(post(key, "[[tokens=5 hold@0]]", stream));
    ReceivedRequest upstream = GATEWAY.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    leave(client, how);

    assertThat(upstream.awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 0));
    assertClientGone(key, 0);
  }

  @ParameterizedTest
  @CsvSource({"close,true", "reset,true", "close,false", "reset,false"})
  void midStream(String how, boolean stream) throws IOException {
    String key = GATEWAY.newKey(100);
    RawHttp client = GATEWAY.connect();
    client.send(post(key, "[[tokens=9 hold@3]]", stream));
    ReceivedRequest upstream = GATEWAY.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    if (stream) {
      readTokens(client, 3);
    }
    leave(client, how);

    assertThat(upstream.awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 3));
    if (stream) {
      assertClientGone(key, 3);
    } else {
      assertThat(GATEWAY.rowOf(key).status()).isEqualTo(499);
    }
  }

  @Test
  void whileTokensFlow() throws IOException {
    String key = GATEWAY.newKey(100);
    RawHttp client = GATEWAY.connect();
    client.send(post(key, "[[tokens=100000 pace=1ms]]", true));
    readTokens(client, 20);
    client.close();

    ReceivedRequest.ResponseEnd ending = GATEWAY.upstream().awaitEnd(TestGateway.SOON);
    assertThat(ending.how()).isEqualTo(How.PEER_LEFT);
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("client_gone");
    assertThat(GATEWAY.rowOf(key).completionTokens()).isBetween(20, ending.tokens());
  }

  @Test
  void atTheEnd() throws IOException {
    String key = GATEWAY.newKey(100);
    RawHttp client = GATEWAY.connect();
    client.send(post(key, "[[tokens=4 hold@4]]", true));
    ReceivedRequest upstream = GATEWAY.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    readTokens(client, 4);
    client.close();

    assertThat(upstream.awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 4));
    assertClientGone(key, 4);
  }

  @Test
  void behindTheEnd() throws IOException {
    String key = GATEWAY.newKey(100);
    Response response = GATEWAY.send(post(key, "[[tokens=4]]", true));

    assertThat(response.events().done()).isTrue();
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("completed");
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON).how()).isEqualTo(How.WRITTEN);
  }

  @Test
  void pipelinedRequestsOfOneWhoLeftAreNotServed() throws IOException {
    String key = GATEWAY.newKey(100);
    RawHttp client = GATEWAY.connect();
    client.send(post(key, "[[tokens=5 hold@1]]", true) + post(key, "[[tokens=5]]", true));
    ReceivedRequest upstream = GATEWAY.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    client.reset();

    assertThat(upstream.awaitEnd(TestGateway.SOON).how()).isEqualTo(How.PEER_LEFT);
    assertClientGone(key, 1);
  }

  /**
   * Measures the time from the client's close to the close at the upstream, at random moments of
   * silence and of flow. It asserts no time, and prints the measurement.
   */
  @Test
  void atAnyMomentTheUpstreamIsLetGo() throws IOException {
    String key = GATEWAY.newKey(10_000);
    long[] nanos = new long[LEAVES];
    Cases.times(1, random -> Arrays.setAll(nanos, i -> leaveOnce(random, key)));
    Arrays.sort(nanos);
    Measured.print(
        "client leaves, until its upstream connection is closed: p50 %.1f ms, max %.1f ms of %d"
            .formatted(nanos[LEAVES / 2] / 1e6, nanos[LEAVES - 1] / 1e6, LEAVES));

    Awaitility.await("the rows")
        .atMost(TestGateway.SOON)
        .until(() -> GATEWAY.rowsOf(key).size() >= LEAVES);
    assertThat(GATEWAY.rowsOf(key))
        .hasSize(LEAVES)
        .allMatch(row -> row.status() == 499 && row.outcome().equals("client_gone"));
    GATEWAY.assertNothingLeft();
  }

  private static long leaveOnce(RandomGenerator random, String key) {
    boolean flows = random.nextBoolean();
    int token = random.nextInt(flows ? 40 : 4);
    String script = flows ? "[[tokens=100000 pace=1ms]]" : "[[tokens=9 hold@" + token + "]]";
    try {
      RawHttp client = GATEWAY.connect();
      client.send(post(key, script, random.nextBoolean()));
      ReceivedRequest upstream = GATEWAY.upstream();
      if (flows) {
        Awaitility.await("tokens to flow").until(() -> upstream.sent() >= token);
      } else {
        upstream.awaitHeld(TestGateway.SOON);
      }
      long from = System.nanoTime();
      leave(client, Cases.one(random, "close", "reset"));
      assertThat(upstream.awaitEnd(TestGateway.SOON).how()).isEqualTo(How.PEER_LEFT);
      return System.nanoTime() - from;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the head and the role's event and so many tokens. */
  private static void readTokens(RawHttp client, int tokens) throws IOException {
    assertThat(client.head().status()).isEqualTo(200);
    StringBuilder seen = new StringBuilder();
    while (Events.of(seen.toString()).chunks().size() < 1 + tokens) {
      seen.append(client.chunk().text());
    }
  }
}
