package tayyar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tayyar.simulate.Simulator;

/**
 * A launcher that serves, and what its servers say.
 *
 * @param out its standard output
 */
record Serving(Process launcher, BufferedReader out) implements AutoCloseable {
  static Serving of(Process launcher) {
    return new Serving(launcher, launcher.inputReader(UTF_8));
  }

  /** On free ports, with one model in front of a simulator. */
  static String configuration(String model, Simulator simulator) {
    return """
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        models: [{ name: %s, targets: [{ url: "http://127.0.0.1:%d/v1" }] }]
        """
        .formatted(model, simulator.address().getPort());
  }

  /** Reads up to a line of this form; returns what the form's group took. */
  String find(String form) throws IOException {
    Pattern pattern = Pattern.compile(form);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher found = pattern.matcher(line);
      if (found.find()) {
        return found.group(1);
      }
    }
    throw new AssertionError("it ended; " + launcher.errorReader().readAllAsString());
  }

  InetSocketAddress address() throws IOException {
    URI at = URI.create(find("answers at (http://127\\.0\\.0\\.1:\\d+)"));
    return new InetSocketAddress(at.getHost(), at.getPort());
  }

  /** The first key, where this start has made it. */
  String key() throws IOException {
    return find("key +(sk-[0-9a-f]+) ");
  }

  void signal(String name) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(launcher.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Waits until the launcher has ended; returns its exit status. */
  int status() throws InterruptedException {
    assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return launcher.exitValue();
  }

  @Override
  public void close() {
    launcher.destroyForcibly();
  }
}
