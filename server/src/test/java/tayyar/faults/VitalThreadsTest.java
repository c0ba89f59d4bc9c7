package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.telemetry.Otlp;
import tayyar.telemetry.OtlpSettings;
import tayyar.telemetry.Telemetry;
import tayyar.testing.TestGateway;
import tayyar.upstream.Worker;

/** The threads whose death ends the process ({@code VitalTest}): each is a platform thread. */
@Tag("socket")
class VitalThreadsTest {
  private static final Set<String> GATEWAYS = Set.of("access-log", "key-watch", "ledger", "loop");

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @TempDir private Path folder;

  /** Virtual threads are not among them. */
  private static Set<String> platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(thread -> thread.getName().replaceAll("-\\d+-\\d+$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theGateway() {
    assertThat(platformThreads()).containsAll(GATEWAYS);
  }

  @Test
  void theExport() {
    OtlpSettings settings = Objects.requireNonNull(OtlpSettings.of(Map.of(), "http://127.0.0.1:9"));
    try (var otlp = new Otlp(settings, new Telemetry())) {
      assertThat(otlp.dropped()).isZero();
      assertThat(platformThreads()).contains("otlp");
    }
  }

  @Test
  void theWatchOverAWorker() {
    try (var worker =
        new Worker(List.of("cat"), Worker.Libraries.OWN, folder.resolve("w"), "m", true, "")) {
      worker.start();
      Awaitility.await().until(() -> worker.pid() > 0);
      assertThat(platformThreads()).contains("worker-watch");
    }
  }
}
