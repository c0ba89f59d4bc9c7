package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command said, run in this process with nothing of this machine but a home of its own.
 *
 * @param status the exit status
 */
record Said(int status, String out, String err) {
  private static final Wiring NONE =
      new Wiring() {
        @Override
        public void prepare() {}

        @Override
        public Running serve(tayyar.config.Config config) {
          throw new AssertionError("nothing was to be served");
        }

        @Override
        public List<String> mistakes(tayyar.config.Config config) {
          return List.of();
        }

        @Override
        public List<String> warnings(tayyar.config.Config config) {
          return List.of();
        }

        @Override
        public String name(tayyar.config.Config config) {
          return "";
        }

        @Override
        public int worker(WorkerOptions options) {
          throw new AssertionError("no worker was to run");
        }
      };

  /** Runs a command that starts nothing. */
  static Said by(Path home, String... args) {
    return by(Map.of("HOME", home.toString(), "PATH", ""), args);
  }

  static Said by(Map<String, String> environment, String... args) {
    return answering("", environment, args);
  }

  /** The same with a person who types something. */
  static Said answering(String typed, Map<String, String> environment, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(
            new ByteArrayInputStream(typed.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            environment,
            false);
    int status = Commands.run(args, NONE, console);
    return new Said(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** The same without the line that says which store the command works on. */
  Said beneathStore() {
    assertThat(err).startsWith("Store: ");
    return new Said(status, out, err.substring(err.indexOf('\n') + 1));
  }

  Said isGood() {
    assertThat(err).isEmpty();
    assertThat(status).isZero();
    return this;
  }

  /** It failed with one sentence, and nothing else. */
  void isRefused(int with, String sentence) {
    assertThat(err).isEqualTo(sentence + "\n");
    assertThat(out).isEmpty();
    assertThat(status).isEqualTo(with);
  }

  JsonNode json() {
    return JsonMapper.shared().readTree(out);
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
