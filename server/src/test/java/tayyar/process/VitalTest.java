package tayyar.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a process that could only go on half dead, and what does not. */
@Tag("socket")
@Timeout(60)
final class VitalTest {
  private static final String MESSAGE = "\"the process ends: it could only go on half dead\"";

  private record Dead(int status, String err) {}

  @TempDir private Path folder;

  private Process start(String what) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Deaths.class.getName(),
            what,
            folder.toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("TAYYAR_"));
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static int statusOf(Process process) throws InterruptedException {
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private Dead by(String what) throws Exception {
    Process process = start(what);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Dead(statusOf(process), err);
  }

  @ParameterizedTest
  @CsvSource({
    "platform, vital, IllegalStateException",
    "virtual-memory, '', OutOfMemoryError",
    "virtual-vital, '', IllegalStateException",
    "main-memory, main, OutOfMemoryError",
    "caught, main, IOException",
    "task, loop-1-1, OutOfMemoryError",
    "task-epoll, loop-1-1, OutOfMemoryError",
    "timer, loop-1-1, OutOfMemoryError",
    "loop, loop-1-1, StackOverflowError",
    "ledger, ledger, IllegalStateException",
    "key-watch, key-watch, StackOverflowError"
  })
  void endsTheProcess(String what, String thread, String why) throws Exception {
    Dead dead = by(what);

    assertThat(dead.err()).contains(MESSAGE, "\"thread\":\"" + thread + "\"", why);
    assertThat(dead.status()).as(dead.err()).isEqualTo(Vital.STATUS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtual", "caught-other", "timer-other"})
  void endsNothing(String what) throws Exception {
    Dead dead = by(what);

    assertThat(dead.err()).doesNotContain(MESSAGE);
    assertThat(dead.status()).as(dead.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"virtual, a bug", "timer-other, a bug in a timer"})
  void whatEndsNothingIsLogged(String what, String message) throws Exception {
    assertThat(by(what).err()).contains("\"message\":\"" + message + "\"", "IllegalStateException");
  }

  /** To start it again would be of no use. */
  @Test
  void aStartThatFailsHasAnotherStatus() throws Exception {
    Dead dead = by("main");

    assertThat(dead.err()).contains("NoClassDefFoundError");
    assertThat(dead.status()).isEqualTo(1);
  }

  /** The pipe of its standard error is full, and stays so. */
  @Test
  void aLogThatNobodyReadsKeepsNothingAlive() throws Exception {
    assertThat(statusOf(start("platform-while-nobody-reads"))).isEqualTo(Vital.STATUS);
  }
}
