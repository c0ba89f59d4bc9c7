package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;

/** {@code chat} as a process, in front of a simulator. */
@Tag("socket")
@Timeout(60)
final class ChatCommandTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String FIGURES =
      "(?s).*\\d+ tokens, first after \\d+ ms, [\\d.]+ tokens/s\n";

  @TempDir private Path home;
  private Simulator simulator;
  private String config;

  @BeforeEach
  void start() throws IOException {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(anywhere, Script.of("tokens=3"));
    config = home.resolve("tayyar.yaml").toString();
    Files.writeString(
        Path.of(config),
        "models: [{ name: sim, targets: [{ url: \"%s/v1\" }] }]\n"
            .formatted(Greeting.base(simulator.address())));
  }

  @AfterEach
  void stop() {
    simulator.close();
    assertThat(simulator.failures()).isEmpty();
  }

  private Run chat(String... more) throws IOException {
    String[] all = Arrays.copyOf(new String[] {"chat", "--config", config}, 3 + more.length);
    System.arraycopy(more, 0, all, 3, more.length);
    return Run.of(home, all);
  }

  @Test
  void printsTheAnswerThenTheFigures() throws IOException {
    try (Run chat = chat("[[echo]]", "one", "two \u0646\u0648\u0631")) {
      assertThat(chat.rest()).isEqualTo("one two \u0646\u0648\u0631\n");
      assertThat(chat.status()).isZero();
      assertThat(chat.err()).matches(FIGURES).hasLineCount(1);
      assertThat(chat.leftBehind()).isEmpty();
      assertThat(home.resolve(".local")).doesNotExist();
    }
  }

  /** A model says what its prompt makes it say, and a terminal does what it is told. */
  @Test
  void whatWouldSteerTheTerminalIsShown() throws IOException {
    String steering = "\u001b]0;title\u0007 \u001b[2J \u009b31m \r over \u007f a\tb";
    try (Run chat = chat()) {
      chat.type("[[echo]] " + steering.replace("\r", "\u0008") + "\n");
      chat.endInput();
      assertThat(chat.rest())
          .isEqualTo("\u241b]0;title\u2407 \u241b[2J \ufffd31m \u2408 over \u2421 a\tb\n");
      assertThat(chat.status()).isZero();
    }
    assertThat(Console.shown("a\rb\nc")).isEqualTo("a\u240db\nc");
  }

  @Test
  void holdsAConversation() throws IOException {
    try (Run chat = chat("--system", "Be brief.", "--max-tokens", "50")) {
      chat.type("[[echo]] first\n\n[[echo]] second\n");
      assertThat(chat.read(13)).isEqualTo("first\nsecond\n");
      chat.endInput();
      assertThat(chat.status()).isZero();
      assertThat(chat.leftBehind()).isEmpty();
      assertThat(simulator.requests()).isEqualTo(2);
    }
  }

  @Test
  void controlCEndsTheAnswerAndLeavesNothing() throws IOException {
    try (Run chat = chat("[[tokens=9 size=5 hold@2]]")) {
      ReceivedRequest received = simulator.next(SOON);
      assertThat(received.awaitHeld(SOON)).isEqualTo(2);
      assertThat(chat.read(5)).hasSize(5);
      chat.signal("INT");

      assertThat(chat.status()).isEqualTo(130);
      assertThat(received.awaitEnd(SOON).how()).isEqualTo(ReceivedRequest.How.PEER_LEFT);
      assertThat(chat.err()).isEmpty();
      assertThat(chat.leftBehind()).isEmpty();
    }
  }

  @Test
  void controlCAtThePromptEndsIt() throws IOException {
    try (Run chat = chat()) {
      chat.type("[[echo]] first\n");
      assertThat(chat.read(6)).isEqualTo("first\n");
      chat.signal("INT");

      assertThat(chat.status()).isEqualTo(130);
      assertThat(chat.leftBehind()).isEmpty();
    }
  }

  @Test
  void anUnknownModelIsASentence() throws IOException {
    try (Run chat = chat("--name", "other", "hi")) {
      assertThat(chat.status()).isEqualTo(1);
      assertThat(chat.err()).contains("other").hasLineCount(1);
      assertThat(chat.rest()).isEmpty();
    }
  }

  @Test
  void anErrorInTheMiddleIsASentence() throws IOException {
    try (Run chat = chat("[[tokens=9 cut@2]]")) {
      assertThat(chat.status()).isEqualTo(1);
      assertThat(chat.rest()).isNotEmpty();
      assertThat(chat.err()).hasLineCount(1).doesNotContain("unexpectedly");
      assertThat(chat.leftBehind()).isEmpty();
    }
  }
}
