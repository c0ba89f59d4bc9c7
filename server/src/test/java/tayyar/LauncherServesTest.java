package tayyar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Checkout.Said;
import tayyar.testing.Program;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./tayyar serve} as the one who starts the server again: when, how often, and what comes
 * through to it. The server is a script that notes what it is told.
 */
@Tag("socket")
@Timeout(60)
final class LauncherServesTest {
  /** Notes its signals, and ends when its standard input does or when it is told a status. */
  private static final String[] SERVER = {
    "exec 4>>\"$HOME/noted\"",
    "for signal in HUP INT QUIT TERM; do trap \"echo $signal >&4; echo $signal\" $signal; done",
    "trap 'exit \"$(cat \"$HOME/status\")\"' USR1",
    "exec 5<&0; cat <&5 & input=$!",
    "echo \"server $$\" >&4; echo \"server $$\"",
    "while kill -0 $input 2>/dev/null; do wait $input; done",
    "echo end >&4"
  };

  @TempDir private Path folder;
  private Checkout checkout;

  /** A launcher that runs, and what its server says. */
  private record Serving(Process launcher, BufferedReader out) implements AutoCloseable {
    long pid() {
      return launcher.pid();
    }

    String line() throws IOException {
      return String.valueOf(out.readLine());
    }

    long server() throws IOException {
      return Long.parseLong(line().replaceAll("server (\\d+).*", "$1"));
    }

    int status() throws InterruptedException {
      assertThat(launcher.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return launcher.exitValue();
    }

    @Override
    public void close() {
      launcher.destroyForcibly();
    }
  }

  @BeforeEach
  void checkOut() throws IOException {
    checkout = new Checkout(folder);
    checkout.set("TAYYAR_JAVA_HOME", jdk().toString());
  }

  private Path jdk() {
    return folder.resolve("jdk");
  }

  /** A server that ends at once, with another status each time. */
  private void endsWith(int... statuses) throws IOException {
    String lines = "";
    for (int status : statuses) {
      lines += status + "\n";
    }
    Files.writeString(checkout.home().resolve("statuses"), lines);
    checkout.jdkRunning(
        jdk(),
        "echo started",
        "read -r status < \"$HOME/statuses\"",
        "sed 1d \"$HOME/statuses\" > \"$HOME/rest\"; mv \"$HOME/rest\" \"$HOME/statuses\"",
        "exit \"$status\"");
  }

  private Serving start() throws IOException {
    Process launcher = checkout.start(checkout.launcher(), "serve");
    return new Serving(launcher, launcher.inputReader(UTF_8));
  }

  private Serving serve() throws IOException {
    checkout.jdkRunning(jdk(), SERVER);
    return start();
  }

  private Serving inAPause() throws IOException {
    endsWith(3, 0);
    Serving serving = start();
    assertThat(serving.launcher().errorReader().readLine()).contains("it is started again in 1 s");
    return serving;
  }

  private static void signal(long pid, String name) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  private List<String> noted() throws IOException {
    return Files.readAllLines(checkout.home().resolve("noted"));
  }

  private static void awaitEnd(long pid) {
    Awaitility.await("the end of " + pid)
        .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void startsAgainWithoutMemoryAndAfterTheDeathOfAVitalThreadMoreAndMoreSlowly()
      throws IOException {
    endsWith(3, 70, 0);
    Said said = checkout.run("serve");

    assertThat(said.out()).containsExactly("started", "started", "started");
    assertThat(said.err())
        .isEqualTo(
            """
            tayyar: the server ended with status 3; it is started again in 1 s.
            tayyar: the server ended with status 70; it is started again in 2 s.
            """);
    assertThat(said.status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 130, 134, 137, 143})
  void staysEndedOtherwise(int status) throws IOException {
    endsWith(status, 0);
    Said said = checkout.run("serve");

    assertThat(said.out()).containsExactly("started");
    assertThat(said.err()).isEmpty();
    assertThat(said.status()).isEqualTo(status);
  }

  private void end(long server, int status) throws Exception {
    Files.writeString(checkout.home().resolve("status"), String.valueOf(status));
    signal(server, "USR1");
  }

  @Test
  void aServerThatIsKilledStaysEnded() throws Exception {
    try (Serving serving = serve()) {
      signal(serving.server(), "KILL");

      assertThat(serving.status()).isEqualTo(137);
      assertThat(serving.launcher().errorReader().readAllAsString()).isEmpty();
    }
  }

  @Test
  void whereSomebodyElseStartsItAgainItIsTheServerItself() throws Exception {
    checkout.set("TAYYAR_RESTART", "off");
    try (Serving serving = serve()) {
      assertThat(serving.server()).isEqualTo(serving.pid());
      end(serving.pid(), 3);

      assertThat(serving.status()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", "bench", "keys", "simulate", "version"})
  void everyOtherCommandIsNeverStartedAgain(String command) throws IOException {
    endsWith(3, 0);
    Said said = checkout.run(command);

    assertThat(said.out()).containsExactly("started");
    assertThat(said.err()).isEmpty();
    assertThat(said.status()).isEqualTo(3);
  }

  @Test
  void signalsComeThroughOnceEach() throws Exception {
    try (Serving serving = serve()) {
      long server = serving.server();
      for (String name : List.of("HUP", "TERM", "INT", "QUIT", "HUP")) {
        signal(serving.pid(), name);
        assertThat(serving.line()).isEqualTo(name);
      }

      assertThat(noted()).containsExactly("server " + server, "HUP", "TERM", "INT", "QUIT", "HUP");
      end(server, 143);
      assertThat(serving.status()).isEqualTo(143);
    }
  }

  @Test
  void whoWasToldToEndIsNotStartedAgain() throws Exception {
    try (Serving serving = serve()) {
      long server = serving.server();
      signal(serving.pid(), "TERM");
      assertThat(serving.line()).isEqualTo("TERM");
      end(server, 3);

      assertThat(serving.status()).isEqualTo(3);
      assertThat(noted()).containsExactly("server " + server, "TERM");
    }
  }

  @Test
  void itEndsInTheMiddleOfAPauseToo() throws Exception {
    try (Serving serving = inAPause()) {
      signal(serving.pid(), "TERM");

      assertThat(serving.status()).isEqualTo(143);
      assertThat(serving.out().readAllAsString()).isEqualTo("started\n");
    }
  }

  @Test
  void aKilledLauncherLeavesNoServer() throws Exception {
    try (Serving serving = serve()) {
      long server = serving.server();
      signal(serving.pid(), "KILL");

      awaitEnd(server);
      assertThat(noted()).containsExactly("server " + server, "end");
    }
  }

  @Test
  void aLauncherKilledInAPauseLeavesNothing() throws Exception {
    try (Serving serving = inAPause()) {
      List<ProcessHandle> left = serving.launcher().descendants().toList();
      signal(serving.pid(), "KILL");

      left.forEach(each -> awaitEnd(each.pid()));
      assertThat(serving.out().readAllAsString()).isEqualTo("started\n");
    }
  }

  @Test
  void theServerIsToldThatItsInputIsTheLauncher() throws Exception {
    checkout.jdkRunning(jdk(), "for argument; do echo \"$argument\"; done");

    assertThat(checkout.run("serve", "two words", "").out())
        .contains("-Dtayyar.parent=true")
        .endsWith("serve", "two words", "");
    assertThat(checkout.run("version").out()).doesNotContain("-Dtayyar.parent=true");
    checkout.set("TAYYAR_RESTART", "off");
    assertThat(checkout.run("serve").out()).doesNotContain("-Dtayyar.parent=true");
  }

  private static JsonNode told(Program terminal, String type, String until) throws IOException {
    JsonNode answer =
        terminal.ask(JsonMapper.shared().createObjectNode().put("type", type).put("until", until));
    assertThat(answer.path("said").asString()).containsPattern(until);
    return answer;
  }

  @Test
  void theTerminalsKeysComeThroughOnceEach() throws Exception {
    checkout.jdkRunning(jdk(), SERVER);
    try (Program terminal = checkout.onTerminal("serve")) {
      long server = server(terminal);
      try {
        told(terminal, "\u0003", "INT\r\n");
        told(terminal, "\u001c", "QUIT\r\n");
        told(terminal, "\u0003", "INT[\\s\\S]*QUIT[\\s\\S]*INT\r\n");

        assertThat(noted().subList(1, noted().size())).containsExactly("INT", "QUIT", "INT");
      } finally {
        ProcessHandle.of(server).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  /** The process that its launcher has started. */
  private static long server(Program terminal) throws IOException {
    String said = told(terminal, "", "server \\d+\r\n").path("said").asString();
    return Long.parseLong(said.replaceAll("(?s).*server (\\d+).*", "$1"));
  }

  @Test
  void theEndOfTheTerminalComesThrough() throws Exception {
    checkout.jdkRunning(jdk(), SERVER);
    try (Program terminal = checkout.onTerminal("serve")) {
      long server = server(terminal);
      Files.writeString(checkout.home().resolve("status"), "129");
      Thread ending =
          Thread.startVirtualThread(
              () -> {
                Awaitility.await().until(() -> noted().contains("HUP"));
                ProcessHandle.of(server).ifPresent(ProcessHandle::destroyForcibly);
              });
      JsonNode ended = terminal.ask(JsonMapper.shared().createObjectNode().put("hangUp", true));

      assertThat(ended.path("status").asInt()).isEqualTo(137);
      ending.join();
    }
  }
}
