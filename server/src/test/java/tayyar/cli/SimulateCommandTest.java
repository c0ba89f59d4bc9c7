package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.simulate.Word;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;

/** {@code simulate} and {@code worker} as processes. */
@Tag("socket")
@Timeout(60)
final class SimulateCommandTest {
  @TempDir private Path home;

  @Test
  void saysWhereItIsAndAnswersAsScripted() throws IOException {
    try (Run run =
        Run.of(home, "simulate", "--listen", "127.0.0.1:0", "--script", "tokens=4 arabic")) {
      URI base = URI.create(run.find("The simulator answers at (http://127\\.0\\.0\\.1:\\d+/v1)"));
      try (RawHttp client = RawHttp.to(new InetSocketAddress(base.getHost(), base.getPort()))) {
        client.send(Requests.post("", Requests.chat("sim", "hi", true).toString()));
        assertThat(client.response().events().content())
            .matches("(\\S+ ?){4}")
            .containsPattern("\\p{IsArabic}");
      }
      run.signal("INT");
      assertThat(run.status()).isEqualTo(130);
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void helpNamesEachWord() throws IOException {
    try (Run run = Run.of(home, "simulate", "--help")) {
      String help = run.rest();
      assertThat(Word.values())
          .allSatisfy(word -> assertThat(help).containsPattern("\\b" + word.word() + "\\b"));
    }
  }

  @Test
  void aTakenPortIsASentence() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String at = "127.0.0.1:" + taken.getLocalPort();
      Said.by(home, "simulate", "--listen", at)
          .isRefused(
              1,
              "Nothing can listen on "
                  + at
                  + ": the port is taken, stop the program that has it. Choose another: --listen"
                  + " 127.0.0.1:0 takes a free port.");
    }
  }

  @Test
  void aWorkerWithoutItsPartsIsASentence() throws IOException {
    String[] args = {"worker", "--natives", home.toString(), "--model", "none", "--name", "m"};
    try (Run run = Run.of(home, args)) {
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).contains("There is no model file 'none'.").hasLineCount(1);
      assertThat(run.rest()).isEmpty();
    }
  }

  @Test
  void aWorkerWithoutLibrariesIsASentence() throws IOException {
    String model = Files.writeString(home.resolve("m.gguf"), "no model").toString();
    String[] args = {"worker", "--natives", home.toString(), "--model", model, "--name", "m"};
    try (Run run = Run.of(home, args)) {
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err())
          .startsWith("The worker cannot start: There is no libggml in " + home)
          .hasLineCount(1);
      assertThat(run.rest()).isEmpty();
    }
    String[] ofGateway = Arrays.copyOf(args, args.length + 1);
    ofGateway[args.length] = "--parent-stdin";
    try (Run run = Run.of(home, ofGateway)) {
      assertThat(run.find("\"fatal\":\"(.*)\"")).startsWith("There is no libggml in ");
      assertThat(run.status()).isEqualTo(1);
    }
  }
}
