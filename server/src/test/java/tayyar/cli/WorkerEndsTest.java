package tayyar.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Given;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.TestEngine;

/** A worker ends with its gateway, whatever it does at that moment. */
@Tag("engine")
@Timeout(120)
final class WorkerEndsTest {
  @TempDir private Path home;

  private Run worker(Path model) throws IOException {
    Path socket = Files.createDirectory(home.resolve("socket")).resolve("w");
    return Run.of(
        home,
        "worker",
        "--parent-stdin",
        "--socket",
        socket.toString(),
        "--natives",
        Given.NATIVES.path().toString(),
        "--model",
        model.toString(),
        "--name",
        "m");
  }

  /** The model is a pipe: once llama.cpp has opened it, it waits for what nobody writes. */
  @Test
  void whileTheModelLoads() throws Exception {
    Path model = home.resolve("model.gguf");
    assertThat(new ProcessBuilder("mkfifo", model.toString()).start().waitFor()).isZero();
    try (Run worker = worker(model)) {
      try (OutputStream looked = Files.newOutputStream(model)) {
        looked.write("GGUF".getBytes(US_ASCII));
      }
      try (OutputStream loading = Files.newOutputStream(model)) {
        worker.endInput();

        assertThat(worker.status()).isZero();
        loading.flush();
      }
      assertThat(home.resolve("socket")).doesNotExist();
    }
  }

  @Test
  void onceItIsUp() throws Exception {
    try (Run worker = worker(Given.MODEL.path())) {
      assertThat(worker.find("(\"ready\")")).isNotEmpty();
      worker.endInput();

      assertThat(worker.status()).isZero();
      assertThat(home.resolve("socket")).doesNotExist();
    }
  }

  /** The whole of it: a gateway that is killed, its worker, and what they have on the disk. */
  @Test
  void aKilledGatewayLeavesNothing() throws Exception {
    String configuration =
        "natives: %s\nmodels: [{ name: %s, file: %s }]\n"
            .formatted(Given.NATIVES.path(), TestEngine.MODEL, Given.MODEL.path());
    String key = Run.newKey(home);
    try (Run serve = Run.serve(home, List.of(), configuration)) {
      var address = serve.address();
      List<ProcessHandle> workers =
          ProcessHandle.of(serve.pid()).orElseThrow().descendants().toList();
      assertThat(workers).hasSize(1);
      try (RawHttp client = RawHttp.to(address)) {
        String body = TestEngine.question("Write a long story about a river.", 900).toString();
        client.send(Requests.post(key, body)).head();
        assertThat(client.chunk().bytes()).isNotEmpty();
        serve.signal("KILL");

        workers.getFirst().onExit().get(20, TimeUnit.SECONDS);
      }
      Awaitility.await().until(() -> serve.leftBehind().stream().noneMatch(WorkerEndsTest::ours));
    }
  }

  private static boolean ours(Path file) {
    return file.getFileName().toString().matches("tayyar\\d+");
  }
}
