package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountStore;
import tayyar.accounts.AccountStore.Change;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.To;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.store.Store;
import tayyar.testing.Events;
import tayyar.testing.Given;
import tayyar.testing.Proxy;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Samples;
import tayyar.testing.TestCertificate;

/** Three real gateways behind a real proxy that runs the configuration of {@code deploy/}. */
@Tag("socket")
@Timeout(120)
abstract class BehindProxies {
  static final Duration SOON = Duration.ofSeconds(20);
  private static final String USUAL = "deadlines: { preStop: 0s }";

  @TempDir private Path folder;
  private @Nullable Gateways gateways;
  private @Nullable Proxy proxy;

  abstract Proxy.Kind kind();

  /** The times after which the proxy itself gives a silent answer up, as its file has them. */
  abstract Pattern silences();

  final void start(String more) throws IOException {
    gateways = Gateways.start(folder, more);
    proxy = Proxy.start(kind(), gateways().ports(), folder);
  }

  final Gateways gateways() {
    return Objects.requireNonNull(gateways);
  }

  final Proxy proxy() {
    return Objects.requireNonNull(proxy);
  }

  @AfterEach
  void stop() {
    if (proxy != null) {
      proxy.close();
    }
    if (gateways != null) {
      gateways.close();
    }
  }

  final String post(String text) {
    return Requests.post(gateways().key(), Requests.chat("sim", text, true).toString());
  }

  private RawHttp asks(String text) throws IOException {
    RawHttp client = RawHttp.to(proxy().address());
    client.send(post(text));
    return client;
  }

  private Response answer() throws IOException {
    try (RawHttp client = asks("hi")) {
      return client.response();
    }
  }

  final void assertAnswers(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      Response response = answer();
      assertThat(response.status()).as(response.text() + proxy().said()).isEqualTo(200);
      assertThat(response.events().done()).isTrue();
    }
  }

  static void readTo(RawHttp client, String sought) throws IOException {
    String seen = "";
    while (!seen.contains(sought)) {
      seen += client.chunk().text();
    }
  }

  /** A stream that waits before its third token, which its client has seen two of. */
  final RawHttp held() throws IOException {
    RawHttp client = asks("[[hold@2]]");
    assertThat(client.head().status()).isEqualTo(200);
    readTo(client, "\"content\":\"1 \"");
    return client;
  }

  final ReceivedRequest taken(int index) {
    return gateways().upstream(index).next(SOON);
  }

  @Test
  void eachEventArrivesBeforeTheNextIsWritten() throws IOException {
    start(USUAL);
    try (RawHttp client = asks("[[hold@0 tokens=9]]")) {
      await("a gateway to ask").atMost(SOON).until(() -> gateways().answering() >= 0);
      ReceivedRequest upstream = taken(gateways().answering());
      upstream.awaitHeld(SOON);
      upstream.releaseUntil(1);
      assertThat(client.head().status()).isEqualTo(200);
      for (int token = 0; token < 8; token++) {
        readTo(client, "\"content\":\"" + token + " \"");
        assertThat(upstream.awaitHeld(SOON)).isEqualTo(token + 1);
        upstream.releaseUntil(token + 2);
      }
      readTo(client, "[DONE]");
    }
  }

  @Test
  void aClientThatLeavesEndsItsAnswer() throws IOException {
    start(USUAL);
    RawHttp streaming = held();
    ReceivedRequest first = taken(gateways().answering());
    streaming.close();
    assertThat(first.awaitEnd(SOON).how()).isEqualTo(How.PEER_LEFT);

    RawHttp waiting = asks("[[hold@0]]");
    await("a gateway to ask").atMost(SOON).until(() -> gateways().answering() >= 0);
    ReceivedRequest second = taken(gateways().answering());
    second.awaitHeld(SOON);
    waiting.close();
    assertThat(second.awaitEnd(SOON).how()).isEqualTo(How.PEER_LEFT);
  }

  private Process curl(String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Given.program("curl").toString());
    command.addAll(List.of("-sN", "-H", "Authorization: Bearer " + gateways().key()));
    command.addAll(List.of("-H", "Content-Type: application/json"));
    command.addAll(Arrays.asList(more));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private Process curlOverHttp2(String text) throws IOException {
    return curl(
        "--http2",
        "--cacert",
        TestCertificate.usual().files().certificate().toString(),
        "--data",
        Requests.chat("sim", text, true).toString(),
        "-w",
        "version %{http_version}",
        "https://localhost:" + proxy().tlsPort() + "/v1/chat/completions");
  }

  @Test
  void clientsSpeakHttp2OverTls() throws Exception {
    start(USUAL);
    assertThat(curlOverHttp2("hi").inputReader(UTF_8).readAllAsString())
        .contains("\"content\":\"4 \"", "[DONE]")
        .endsWith("version 2");
    gateways().forget();

    Process held = curlOverHttp2("[[hold@2]]");
    BufferedReader out = held.inputReader(UTF_8);
    String line = "";
    while (!line.contains("\"content\":\"1 \"")) {
      line = String.valueOf(out.readLine());
      assertThat(line).isNotEqualTo("null");
    }
    ReceivedRequest upstream = taken(gateways().answering());
    held.destroy();
    assertThat(upstream.awaitEnd(SOON).how()).isEqualTo(How.PEER_LEFT);
  }

  private boolean refuses(int index) throws IOException {
    InetSocketAddress at = gateways().at(index);
    try (var socket = new Socket(at.getAddress(), at.getPort())) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void aGatewayThatDrainsGetsNoNewRequest() throws IOException {
    start(USUAL);
    assertAnswers(Gateways.COUNT);
    gateways().forget();
    try (RawHttp client = held()) {
      int draining = gateways().answering();
      ReceivedRequest upstream = taken(draining);
      gateways().run(draining).signal("TERM");
      await("its port to be closed").atMost(SOON).until(() -> refuses(draining));
      long before = gateways().upstream(draining).requests();
      assertAnswers(4 * Gateways.COUNT);
      assertThat(gateways().upstream(draining).requests()).isEqualTo(before);
      upstream.release();

      readTo(client, "[DONE]");
      assertThat(gateways().run(draining).status()).isEqualTo(143);
    }
  }

  @Test
  void aGatewayThatIsKilledTakesItsOwnStreamsAlone() throws IOException {
    start(USUAL);
    List<RawHttp> clients = new ArrayList<>();
    try {
      for (int i = 0; i < Gateways.COUNT; i++) {
        clients.add(held());
      }
      List<ReceivedRequest> streams = new ArrayList<>();
      for (int i = 0; i < Gateways.COUNT; i++) {
        streams.add(taken(i));
      }
      gateways().run(1).signal("KILL");
      gateways().run(1).status();
      assertAnswers(4 * Gateways.COUNT);
      assertThat(gateways().upstream(1).requests()).isOne();
      streams.forEach(ReceivedRequest::release);

      int broken = 0;
      for (RawHttp client : clients) {
        broken += endsWell(client) ? 0 : 1;
      }
      assertThat(broken).isOne();
    } finally {
      for (RawHttp client : clients) {
        client.close();
      }
    }
  }

  private static boolean endsWell(RawHttp client) {
    try {
      readTo(client, "[DONE]");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRequestThatHasBegunIsNotSentAgain() throws IOException {
    start(USUAL);
    try (RawHttp client = asks("[[hold@0]]")) {
      await("a gateway to ask").atMost(SOON).until(() -> gateways().answering() >= 0);
      int asked = gateways().answering();
      taken(asked).awaitHeld(SOON);
      gateways().run(asked).signal("KILL");

      assertThat(client.head().status()).isEqualTo(502);
      assertThat(gateways().requests()).isOne();
    }
    assertAnswers(Gateways.COUNT);
  }

  private int statusFrom(String address, String... fields) throws IOException {
    List<String> more = new ArrayList<>(List.of("--interface", address, "-o", "/dev/null"));
    for (String field : fields) {
      more.addAll(List.of("-H", field));
    }
    more.addAll(List.of("--data", Requests.chat("sim", "hi", true).toString()));
    more.addAll(List.of("-w", "%{http_code}"));
    more.add("http://127.0.0.1:" + proxy().address().getPort() + "/v1/chat/completions");
    return Integer.parseInt(curl(more.toArray(String[]::new)).inputReader().readAllAsString());
  }

  @Test
  void theClientsAddressIsItsOwn() throws IOException {
    start(USUAL);
    try (Store store = Store.open(gateways().store())) {
      var networks = new Change(null, null, null, null, new To<>(List.of("127.0.0.5")));
      new AccountStore(store.dataSource()).change("default", networks);
    }
    for (int i = 0; i < Gateways.COUNT; i++) {
      await("all gateways to know").atMost(SOON).until(() -> statusFrom("127.0.0.6") == 403);
    }
    for (int i = 0; i < Gateways.COUNT; i++) {
      assertThat(statusFrom("127.0.0.5")).isEqualTo(200);
      assertThat(statusFrom("127.0.0.5", "X-Forwarded-For: 127.0.0.6")).isEqualTo(200);
      assertThat(statusFrom("127.0.0.5", "Forwarded: for=127.0.0.6")).isEqualTo(200);
      for (String claim :
          List.of(
              "X-Forwarded-For: 127.0.0.5",
              "X-Forwarded-For: 127.0.0.5, 127.0.0.1",
              "Forwarded: for=127.0.0.5",
              "Forwarded: for=\"127.0.0.5")) {
        assertThat(statusFrom("127.0.0.6", claim)).as(claim).isEqualTo(403);
      }
    }
  }

  @Test
  void connectionsToGatewaysAreKept() throws IOException {
    start(USUAL);
    try (RawHttp client = RawHttp.to(proxy().address())) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.send(post("hi")).response().events().done()).isTrue();
      }
      double kept = 0;
      for (int i = 0; i < Gateways.COUNT; i++) {
        kept += gateways().connections(i);
      }
      assertThat(kept).isBetween(1.0, 3.0);
    }
  }

  @Test
  void aLongPromptIsNotGivenUp() throws IOException {
    long least = Bounds.DEFAULT.of(Deadline.TOTAL).toHours();
    var found = silences().matcher(kind().shipped()).results().toList();
    assertThat(found).hasSize(2).allMatch(match -> Long.parseLong(match.group(1)) >= least);
  }

  /** As readers of {@code /docs/streaming} run them, who get that page by the proxy as well. */
  @Test
  @Tag("clients")
  void theGuidesSamplesRun() throws Exception {
    start(USUAL);
    Path here = Files.createDirectory(folder.resolve("samples"));
    var samples = new Samples(proxy().address(), gateways().key(), here);
    assertThat(Events.of(samples.run("curl.sh")).content()).isEqualTo("0 1 2 3 4 ");
    for (String name : List.of("chat.py", "chat.mjs", "again.py")) {
      assertThat(samples.run(name)).as(name).isEqualToIgnoringNewLines("0 1 2 3 4 ");
    }
    assertThat(samples.run("page.html").strip()).isEqualTo("whole: 0 1 2 3 4");
    assertThat(samples.run("errors.py").strip()).isEqualTo("Whole: 0 1 2 3 4");
    assertThat(samples.run("usage.py")).matches("(?s)0 1 2 3 4 \n[0-9]+ \\+ 5 tokens\n");
    assertThat(samples.run("responses.py")).contains("completed");
    assertThat(samples.run("messages.py")).contains("end_turn");
    assertThat(samples.run("responses.sh")).contains("event: response.completed");
    assertThat(samples.run("messages.sh")).contains("event: message_stop");
    assertThat(samples.run("cancel.mjs")).startsWith("Enough: ");
  }

  /** Each gateway in its turn is stopped as an operator does it, and started again, under load. */
  @Test
  void aRollingRestartLosesNoRequest() throws Exception {
    start("deadlines: { preStop: 5s }");
    var over = new AtomicBoolean();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> loads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        loads.add(clients.submit(() -> asksUntil(over)));
      }
      try {
        for (int i = 0; i < Gateways.COUNT; i++) {
          int restarted = i;
          gateways().run(i).signal("TERM");
          assertThat(gateways().run(i).status()).isEqualTo(143);
          gateways().again(i);
          gateways().upstream(i).forget();
          long before = gateways().upstream(i).requests();
          await("it to be asked again")
              .atMost(SOON)
              .until(() -> over(loads) || gateways().upstream(restarted).requests() > before);
        }
      } finally {
        over.set(true);
      }
      for (Future<Integer> load : loads) {
        assertThat(load.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
      }
    }
  }

  /** Whether a load has ended; fails where it did so badly. */
  private static boolean over(List<Future<Integer>> loads) throws Exception {
    for (Future<Integer> load : loads) {
      if (load.isDone()) {
        load.get();
        return true;
      }
    }
    return false;
  }

  private int asksUntil(AtomicBoolean over) throws IOException {
    int answers = 0;
    while (!over.get()) {
      answers += asksOnOneConnection(over);
    }
    return answers;
  }

  private int asksOnOneConnection(AtomicBoolean over) throws IOException {
    try (RawHttp client = RawHttp.to(proxy().address())) {
      for (int answers = 1; ; answers++) {
        client.send(post("[[tokens=5 pace=3ms]]"));
        Response response = client.response();
        assertThat(response.status()).as(response.text() + proxy().said()).isEqualTo(200);
        assertThat(response.events().done()).isTrue();
        if (over.get() || response.field("Connection").equals("close")) {
          return answers;
        }
      }
    }
  }
}
