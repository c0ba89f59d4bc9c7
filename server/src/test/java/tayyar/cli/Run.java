package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command that runs as a process of its own, with a home and a temporary folder of its own. */
final class Run implements AutoCloseable {
  private static final int SECONDS_MAX = 30;

  private final Process process;
  private final BufferedReader out;
  private final Path err;
  private final Path temporary;

  private Run(Process process, Path err, Path temporary) {
    this.process = process;
    this.out = process.inputReader(UTF_8);
    this.err = err;
    this.temporary = temporary;
  }

  static Run of(Path home, String... args) throws IOException {
    return of(home, List.of(), args);
  }

  /** The same with options of the virtual machine. */
  static Run of(Path home, List<String> jvm, String... args) throws IOException {
    return of(home, List.of(), jvm, args);
  }

  /** The same that may open so many files. */
  static Run withFiles(int most, Path home, String... args) throws IOException {
    String limited = "ulimit -n " + most + " && exec \"$@\"";
    return of(home, List.of("/bin/sh", "-c", limited, "limited"), List.of(), args);
  }

  /** The same with variables, each as {@code NAME=value}. */
  static Run with(List<String> variables, Path home, String... args) throws IOException {
    List<String> before = new ArrayList<>(List.of("/usr/bin/env"));
    before.addAll(variables);
    return behind(before, home, args);
  }

  /** The same whose command stands behind another, which becomes it. */
  static Run behind(List<String> before, Path home, String... args) throws IOException {
    return of(home, before, List.of(), args);
  }

  /** The same that logs as an operator sees it. */
  static Run logging(Path home, String... args) throws IOException {
    return of(home, List.of("/usr/bin/env", "TAYYAR_LOG_LEVEL=info"), List.of(), args);
  }

  private static Run of(Path home, List<String> before, List<String> jvm, String... args)
      throws IOException {
    Path temporary = Files.createTempDirectory(home, "tmp");
    Path err = Files.createTempFile(home, "run", ".err");
    List<String> command = new ArrayList<>(before);
    // What started the tests may have left SIGINT ignored, and that would be inherited.
    command.addAll(List.of("/usr/bin/env", "--default-signal=HUP,INT,TERM"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "tayyar.Main"));
    command.addAll(Arrays.asList(args));
    var builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TAYYAR_"));
    builder.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TAYYAR_LOG_LEVEL", "warn");
    return new Run(builder.start(), err, temporary);
  }

  /** A gateway with this configuration, on free ports. */
  static Run serve(Path home, List<String> jvm, String configuration) throws IOException {
    Path config = Files.writeString(home.resolve("tayyar.yaml"), configuration);
    String free = "127.0.0.1:0";
    return of(home, jvm, "serve", "--config", "" + config, "--listen", free, "--admin", free);
  }

  /** A gateway in front of a simulator that is a process too. */
  static Run serve(Path home, List<String> jvm, Run simulate) throws IOException {
    return serve(home, jvm, simulate, "");
  }

  /** The same with more lines of configuration. */
  static Run serve(Path home, List<String> jvm, Run simulate, String more) throws IOException {
    String url = simulate.find("(http://127\\.0\\.0\\.1:\\d+)");
    String models =
        "models: [{ name: sim, targets: [{ url: \"%s/v1\", model: simulated }] }]\n".formatted(url);
    return serve(home, jvm, models + more);
  }

  static Run simulate(Path home) throws IOException {
    return of(home, "simulate", "--listen", "127.0.0.1:0");
  }

  /** Makes a key with a limit no test reaches; a gateway that starts later knows it. */
  static String newKey(Path home) throws IOException {
    try (Run create = of(home, "keys", "create", "--rpm", "100000", "--json")) {
      String key = create.find("(sk-[0-9a-f]{32})");
      assertThat(create.status()).isZero();
      return key;
    }
  }

  /** Where a gateway says that it answers; the first thing to be read of its output. */
  InetSocketAddress address() throws IOException {
    URI at = URI.create(find("answers at (http://[\\d.]+:\\d+)"));
    return new InetSocketAddress(at.getHost(), at.getPort());
  }

  /** Reads its output up to a line of this form; returns what the form's group took. */
  String find(String form) throws IOException {
    Pattern pattern = Pattern.compile(form);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher found = pattern.matcher(line);
      if (found.find()) {
        return found.group(1);
      }
    }
    throw new AssertionError("it ended before it said " + form + "; its errors: " + err());
  }

  /** Reads so many characters of its output. */
  String read(int chars) throws IOException {
    var buffer = new char[chars];
    int have = 0;
    for (int n = 0; have < chars && n >= 0; n = out.read(buffer, have, chars - have)) {
      have += n;
    }
    return new String(buffer, 0, have);
  }

  /** The rest of its output, once it has ended. */
  String rest() throws IOException {
    return out.readAllAsString();
  }

  void type(String text) throws IOException {
    process.outputWriter(UTF_8).write(text);
    process.outputWriter(UTF_8).flush();
  }

  void endInput() throws IOException {
    process.outputWriter(UTF_8).close();
  }

  void signal(String name) throws IOException {
    String pid = String.valueOf(process.pid());
    Process kill = new ProcessBuilder("kill", "-" + name, pid).start();
    await(kill);
    assertThat(kill.exitValue()).isZero();
  }

  /** Waits until it has ended; returns its exit status. */
  int status() {
    await(process);
    return process.exitValue();
  }

  long pid() {
    return process.pid();
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** What it has left in its temporary folder. */
  List<Path> leftBehind() throws IOException {
    try (var files = Files.list(temporary)) {
      return files.toList();
    }
  }

  private static void await(Process one) {
    try {
      assertThat(one.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("ends in time").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
