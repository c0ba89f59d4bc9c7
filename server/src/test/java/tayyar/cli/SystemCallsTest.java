package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Measured;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;

@Tag("socket")
@Timeout(90)
final class SystemCallsTest {
  private static final int STREAMS = 8;
  private static final int TOKENS = 300;
  private static final double CALLS_A_CHUNK_MAX = 4;

  @TempDir private Path home;

  @Test
  void aChunkCostsFewSystemCalls() throws Exception {
    String key = Run.newKey(home);
    try (Run upstream = Run.simulate(home);
        Run serve = Run.serve(home, List.of(), upstream, "transport: epoll\n")) {
      InetSocketAddress address = serve.address();
      streams(address, key, 20);
      Map<String, Long> counts;
      try (Strace strace = Strace.of(serve.pid(), "loop-")) {
        streams(address, key, TOKENS);
        counts = strace.counts();
      }
      long calls = counts.values().stream().mapToLong(Long::longValue).sum();
      double chunk = (double) calls / (STREAMS * TOKENS);
      Measured.print("event loops make %.2f system calls a chunk with epoll".formatted(chunk));
      assertThat(counts.keySet()).anyMatch(name -> name.startsWith("epoll_"));
      assertThat(chunk).as("%s", counts).isPositive().isLessThan(CALLS_A_CHUNK_MAX);
    }
  }

  private static void streams(InetSocketAddress address, String key, int tokens)
      throws InterruptedException, ExecutionException {
    String text = "[[tokens=%d pace=20ms]]".formatted(tokens);
    String request = Requests.post(key, Requests.chat("sim", text, true).toString());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<Response>>();
      for (int i = 0; i < STREAMS; i++) {
        all.add(
            threads.submit(
                () -> {
                  try (RawHttp client = RawHttp.to(address)) {
                    return client.send(request).response();
                  }
                }));
      }
      for (var each : all) {
        assertThat(each.get().events().done()).isTrue();
      }
    }
  }
}
