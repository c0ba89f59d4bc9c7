package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Measured;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

/**
 * What the gateway's event loops allocate for a chunk and for a request, counted by the JVM in a
 * process of its own. The quick compiler is the only one there, so that the count does not depend
 * on what has been compiled by then; with C2 it is less.
 */
@Tag("socket")
@Timeout(90)
final class AllocationsTest {
  private static final int STREAMS = 8;
  private static final int TOKENS = 2_000;
  private static final int REQUESTS = 500;
  private static final long BYTES_A_CHUNK_MAX = 400;
  private static final long BYTES_A_REQUEST_MAX = 16_000;

  /** As the JVM's list of threads has it. */
  private static final Pattern LOOP = Pattern.compile("\"loop-[^\"]+\".* allocated=(\\d+)([BKM]) ");

  @TempDir private Path home;

  @Test
  void aChunkAndARequestCostFewBytes() throws Exception {
    String key = Run.newKey(home);
    try (Run upstream = Run.simulate(home);
        Run serve = Run.serve(home, List.of("-Dio.netty.leakDetection.level=disabled"), upstream)) {
      InetSocketAddress address = serve.address();
      streams(address, key, 200);
      whole(address, key, 100);

      long before = allocated(serve);
      streams(address, key, TOKENS);
      long between = allocated(serve);
      whole(address, key, REQUESTS);
      long after = allocated(serve);

      long chunk = (between - before) / (STREAMS * TOKENS);
      long request = (after - between) / REQUESTS;
      Measured.print("event loops allocate " + chunk + " bytes a chunk, " + request + " a request");
      assertThat(chunk).isPositive().isLessThan(BYTES_A_CHUNK_MAX);
      assertThat(request).isPositive().isLessThan(BYTES_A_REQUEST_MAX);
    }
  }

  /** Paced, so that each chunk is a read of its own. */
  private static void streams(InetSocketAddress address, String key, int tokens)
      throws InterruptedException, ExecutionException {
    Callable<Response> one =
        () -> {
          try (RawHttp client = RawHttp.to(address)) {
            String body =
                Requests.chat("sim", "[[tokens=%d pace=2ms]]".formatted(tokens), true).toString();
            return client.send(Requests.post(key, body)).response();
          }
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<Response>>();
      for (int i = 0; i < STREAMS; i++) {
        all.add(threads.submit(one));
      }
      for (var each : all) {
        assertThat(each.get().events().done()).isTrue();
      }
    }
  }

  private static void whole(InetSocketAddress address, String key, int requests)
      throws IOException {
    String request =
        Requests.post(
            key, Requests.chat("sim", "[[tokens=1 first=0ms pace=0ms]]", false).toString());
    try (RawHttp client = RawHttp.to(address)) {
      for (int i = 0; i < requests; i++) {
        assertThat(client.send(request).response().status()).isEqualTo(200);
      }
    }
  }

  /** Bytes since the process began, of all its event loops. */
  private static long allocated(Run run) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(run.pid()),
                "Thread.print",
                "-e")
            .redirectErrorStream(true)
            .start();
    String threads = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    List<MatchResult> loops = LOOP.matcher(threads).results().toList();
    assertThat(loops).as(threads).isNotEmpty();
    return loops.stream().mapToLong(AllocationsTest::bytes).sum();
  }

  private static long bytes(MatchResult found) {
    long number = Long.parseLong(found.group(1));
    return switch (found.group(2)) {
      case "K" -> number << 10;
      case "M" -> number << 20;
      default -> number;
    };
  }
}
