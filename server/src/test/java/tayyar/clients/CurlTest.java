package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Events;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestCertificate;
import tayyar.testing.TestGateway;

/** {@code curl -N}, as the greeting of {@code serve} has it. */
@Tag("clients")
@Timeout(60)
class CurlTest {
  private static final String ARABIC = "[[arabic tokens=6 hold@0]]";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  /** A running curl and what it has printed so far. */
  record Curl(Process process, BufferedReader out, StringBuilder seen) implements AutoCloseable {
    static Curl start(String... arguments) throws IOException {
      List<String> command = new ArrayList<>(List.of("curl", "-sS", "-N"));
      command.addAll(List.of("--cacert", TestCertificate.usual().files().certificate().toString()));
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new Curl(process, process.inputReader(UTF_8), new StringBuilder());
    }

    static Curl chat(String key, String text) throws IOException {
      return start(
          GATEWAY.baseUrl() + "/chat/completions",
          "-H",
          "Authorization: Bearer " + key,
          "-H",
          "Content-Type: application/json",
          "-d",
          Requests.chat(TestGateway.MODEL, text, true).toString());
    }

    /** Waits for the next event; says when it was there, by {@link System#nanoTime()}. */
    long event() throws IOException {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        seen.append(line).append('\n');
        if (line.isEmpty()) {
          return System.nanoTime();
        }
      }
      throw new IOException("curl has ended; it printed " + seen);
    }

    int rest() throws IOException, InterruptedException {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        seen.append(line).append('\n');
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** Token by token: each is on the screen before the upstream is let on to the next. */
  @Test
  void tokensArriveAsTheyAreMade() throws Exception {
    String key = GATEWAY.newKey(100);
    try (Curl curl = Curl.chat(key, ARABIC)) {
      ReceivedRequest upstream = GATEWAY.upstream();
      for (int token = 0; token < 6; token++) {
        assertThat(upstream.awaitHeld(TestGateway.SOON)).isEqualTo(token);
        long let = System.nanoTime();
        upstream.releaseUntil(token + 1);
        if (token == 0) {
          curl.event(); // the role's
        }
        long arrived = curl.event();
        assertThat(arrived - let).as("nanoseconds on the way").isLessThan(1_000_000_000L);
        assertThat(upstream.sent()).as("tokens made by then").isEqualTo(token + 1);
      }
      upstream.release();
      assertThat(curl.rest()).isZero();
      Events events = Events.of(curl.seen().toString());
      assertThat(events.content().strip().split(" ", -1)).hasSize(6);
      assertThat(events.content()).matches("[\\p{IsArabic}\\p{M} ،.]+");
      assertThat(events.done()).isTrue();
    }
    assertThat(GATEWAY.rowOf(key).completionTokens()).isEqualTo(6);
  }

  @Test
  void paceIsKept() throws Exception {
    try (Curl curl = Curl.chat(GATEWAY.key(), "[[arabic tokens=20 pace=20ms]]")) {
      List<Long> at = new ArrayList<>();
      for (int event = 0; event < 20; event++) {
        at.add(curl.event());
      }
      assertThat(curl.rest()).isZero();
      assertThat(at.getLast() - at.getFirst()).as("nanoseconds").isGreaterThan(200_000_000L);
      assertThat(at).isSorted();
    }
  }

  @Test
  void ctrlCEndsTheAnswer() throws Exception {
    String key = GATEWAY.newKey(100);
    try (Curl curl = Curl.chat(key, "[[tokens=9 hold@2]]")) {
      curl.event();
      ReceivedRequest upstream = GATEWAY.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      curl.process().destroy();

      assertThat(upstream.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 2));
    }
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(499);
  }

  @Test
  void aFailureInTheMiddleIsAnEvent() throws Exception {
    String key = GATEWAY.newKey(100);
    try (Curl curl = Curl.chat(key, "[[tokens=9 pace=1ms cut@2]]")) {
      assertThat(curl.rest()).as("status of curl").isZero();
      Events events = Events.of(curl.seen().toString());
      assertThat(events.error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(events.done()).isTrue();
    }
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON).tokens()).isEqualTo(2);
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("failed");
  }

  @Test
  void modelsNeedNoKey() throws Exception {
    try (Curl curl = Curl.start("--compressed", GATEWAY.baseUrl() + "/models")) {
      assertThat(curl.rest()).isZero();
      assertThat(curl.seen().toString()).contains("\"id\":\"" + TestGateway.MODEL + "\"");
    }
  }

  @Test
  void whatItSendsIsWhatTheUpstreamGets() throws Exception {
    try (Curl curl = Curl.chat(GATEWAY.key(), "[[echo]] نهر النيل")) {
      assertThat(curl.rest()).isZero();
      Response again = GATEWAY.stream("[[echo]] نهر النيل");

      assertThat(Events.of(curl.seen().toString()).content())
          .isEqualTo(again.events().content())
          .contains("نهر النيل");
    }
  }
}
