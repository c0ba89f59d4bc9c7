package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.testing.Events;
import tayyar.testing.Misfortune;
import tayyar.testing.Misfortune.Victim;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;

/** A worker that hangs is noticed, killed and restarted. */
@Tag("engine")
@Timeout(180)
class WorkerHangsTest {
  private static final Duration AGAIN = Duration.ofSeconds(10);

  @TempDir static Path folder;
  private static Misfortune misfortune;

  @RegisterExtension
  static final TestEngine ENGINE =
      TestEngine.with(Bounds.DEFAULT.with(Deadline.WORKER_WAIT, TestEngine.START));

  @BeforeAll
  static void awaitMisfortune() throws IOException {
    misfortune = Misfortune.in(folder);
    ENGINE.java(misfortune.option());
  }

  @AfterAll
  static void stop() throws IOException {
    misfortune.close();
  }

  /** Returns the worker that runs now. */
  private static Victim worker() throws IOException {
    Victim one = misfortune.next();
    while (one.pid() != ENGINE.pid()) {
      one = misfortune.next();
    }
    return one;
  }

  private interface Befalls {
    void one(Victim worker) throws Exception;
  }

  private static void signal(long pid, String name) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** A stream runs, another request comes, and both are told what became of them. */
  private static void assertStartedAgain(Befalls misfortunes) throws Exception {
    Victim worker = worker();
    try (RawHttp running = ENGINE.connect()) {
      String body = TestEngine.question("Write a long story about a river.", 900).toString();
      RawHttp.Head head = running.send(Requests.post(ENGINE.key(), body)).head();
      assertThat(running.chunk().bytes()).isNotEmpty();
      long began = System.nanoTime();
      misfortunes.one(worker);
      Awaitility.await("another worker")
          .atMost(TestEngine.START)
          .until(() -> ENGINE.ready() && ENGINE.pid() != worker.pid());
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AGAIN);

      Events events = running.body(head).events();
      assertThat(events.error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(events.done()).isTrue();
      assertThat(ENGINE.row(head).outcome()).isEqualTo("failed");
      assertThat(ProcessHandle.of(worker.pid())).isEmpty();
    }
    Response next = ENGINE.chat(TestEngine.question("Say hello.", 5));
    assertThat(next.events().content()).isNotBlank();
  }

  @Test
  void aStoppedOne() throws Exception {
    assertStartedAgain(worker -> signal(worker.pid(), "STOP"));
  }

  @Test
  void oneWhoseEngineHangsInNativeCode() throws Exception {
    assertStartedAgain(Victim::hangs);
  }

  @Test
  void oneWithoutMemory() throws Exception {
    assertStartedAgain(Victim::runsOutOfMemory);
  }

  @Test
  void oneThatHasLostAThread() throws Exception {
    assertStartedAgain(Victim::losesAThread);
  }

  @Test
  void itInheritsNothingThatMayBeASecret() throws Exception {
    Path environment = Path.of("/proc", String.valueOf(ENGINE.pid()), "environ");
    List<String> names =
        Stream.of(Files.readString(environment).split("\0", -1))
            .filter(variable -> !variable.isEmpty())
            .map(variable -> variable.replaceAll("=.*", ""))
            .toList();

    assertThat(System.getenv()).containsKey("TAYYAR_TEST_MODEL");
    assertThat(names)
        .contains("PATH")
        .allMatch(
            name -> name.matches("[A-Z]+|(LC|LD|GLIBC|MALLOC|GGML|OMP|CUDA)_.*|TAYYAR_LOG.*"));
  }
}
