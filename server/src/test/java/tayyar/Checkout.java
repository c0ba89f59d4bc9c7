package tayyar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tayyar.testing.Given;
import tayyar.testing.Program;

/**
 * A checkout with the launcher, an empty home, and programs of our own in place of the machine's.
 * The launcher looks for JDKs, and for what the machine has, below {@link #machine} where it would
 * look below the root.
 */
final class Checkout {
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "bash",
          "cat",
          "cp",
          "dirname",
          "find",
          "flock",
          "grep",
          "id",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sort",
          "tail",
          "uname");
  private static final List<String> MODULES = List.of("bench", "server");
  private static final Instant BUILT = Instant.parse("2026-01-02T00:00:00Z");

  private final Path folder;
  private final Path bin;
  private final Map<String, String> environment = new TreeMap<>();

  /**
   * What the launcher said.
   *
   * @param out each argument of the Java that it ran, a line each, after the name of the JDK
   */
  record Said(int status, List<String> out, String err) {}

  Checkout(Path folder) throws IOException {
    this.folder = folder;
    this.bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool : TOOLS) {
      for (String place : List.of("/usr/bin", "/bin")) {
        Path real = Path.of(place, tool);
        if (Files.exists(real) && !Files.exists(bin.resolve(tool))) {
          Files.createSymbolicLink(bin.resolve(tool), real);
        }
      }
    }
    Path launcher = Path.of(System.getProperty("tayyar.basedir", "."), "tayyar");
    String text = Files.readString(launcher);
    for (String place :
        List.of("/usr/lib/jvm/", "/opt/java/", "/opt/jdk", "/Library/", "/proc/", "/sys/")) {
      assertThat(text).contains(" " + place);
      text = text.replace(" " + place, " \"$MACHINE\"" + place);
    }
    script(launcher(), text);
    Files.createDirectories(home());
    for (String module : MODULES) {
      Files.createDirectories(root().resolve(module + "/src/main"));
      Files.writeString(root().resolve(module + "/pom.xml"), "");
    }
    Files.createDirectories(target());
    Files.writeString(jar(), "built");
    Files.writeString(root().resolve("pom.xml"), "");
    built();
    set("HOME", home().toString()).set("PATH", bin.toString()).set("TAYYAR_AOT", "off");
    set("MACHINE", machine().toString());
  }

  Path root() {
    return folder.resolve("a checkout");
  }

  Path launcher() {
    return folder.resolve("a checkout").resolve("tayyar");
  }

  Path home() {
    return folder.resolve("home");
  }

  Path machine() {
    return folder.resolve("machine");
  }

  Path bin() {
    return bin;
  }

  Path target() {
    return root().resolve("server/target");
  }

  Path jar() {
    return target().resolve("tayyar.jar");
  }

  Checkout set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Checkout unset(String variable) {
    environment.remove(variable);
    return this;
  }

  /** The jar is as new as its sources. */
  void built() throws IOException {
    for (String module : MODULES) {
      built(root().resolve(module + "/src/main"));
      built(root().resolve(module + "/pom.xml"));
    }
    built(root().resolve("pom.xml"));
    built(jar());
  }

  private static void built(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(BUILT));
  }

  /** A source of the server is newer than the jar. */
  void changed() throws IOException {
    changed("server/src/main/A.java");
  }

  /** A file is newer than the jar. */
  void changed(String file) throws IOException {
    Path source = Files.writeString(root().resolve(file), "");
    Files.setLastModifiedTime(source, FileTime.from(BUILT.plusSeconds(60)));
  }

  /** A JDK that says of itself which release it is; further lines come before what it prints. */
  Path jdk(Path at, int release, String... lines) throws IOException {
    Files.createDirectories(at.resolve("bin"));
    script(
        at.resolve("bin/java"),
        """
        #!/bin/sh
        if [ "$1" = -XshowSettings:properties ]; then
          echo "    java.specification.version = %d" >&2
          exit
        fi
        %s
        echo %s
        for argument; do echo "$argument"; done
        """
            .formatted(release, String.join("\n", lines), at.getFileName()));
    script(at.resolve("bin/javac"), "#!/bin/sh\n");
    return at;
  }

  /** A JDK whose Java runs these lines of the shell in place of a program. */
  Path jdkRunning(Path at, String... lines) throws IOException {
    return jdk(at, 25, String.join("\n", lines), "exit");
  }

  /** The JDK of the tests, which runs their classes wherever the launcher names its jar. */
  Path realJdk(Path at) throws IOException {
    return jdk(
        at,
        25,
        "left=$#",
        "while [ $left -gt 0 ]; do",
        "  argument=$1; shift; left=$((left - 1))",
        "  if [ \"$argument\" = -jar ]; then",
        "    shift; left=$((left - 1))",
        "    set -- \"$@\" -cp '" + System.getProperty("java.class.path") + "' tayyar.Main",
        "  else",
        "    set -- \"$@\" \"$argument\"",
        "  fi",
        "done",
        "exec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' \"$@\"");
  }

  /** Any other program. */
  void program(String name, String... lines) throws IOException {
    script(bin.resolve(name), "#!/bin/sh\n" + String.join("\n", lines) + "\n");
  }

  /** Maven, as far as the launcher sees it. */
  void maven(String... lines) throws IOException {
    program("mvn", lines);
  }

  static void script(Path file, String text) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs it on a terminal of its own, which stands in for the standard streams. */
  Program onTerminal(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(Given.program("python3").toString()));
    command.add(Given.clients().resolve("python/terminal.py").toString());
    command.addAll(List.of("/usr/bin/env", "-i"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.add(launcher().toString());
    command.addAll(Arrays.asList(args));
    return Program.start(command.toArray(String[]::new));
  }

  Said run(String... args) throws IOException {
    return by(launcher(), args);
  }

  Said by(Path launcher, String... args) throws IOException {
    return ended(start(launcher, args));
  }

  Process start(Path launcher, String... args) throws IOException {
    // What started the tests may have left SIGINT ignored, and that would be inherited.
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/env", "--default-signal", launcher.toString()));
    command.addAll(Arrays.asList(args));
    var builder = new ProcessBuilder(command).directory(home().toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Said ended(Process process) throws IOException {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return new Said(process.exitValue(), out.lines().toList(), err);
  }
}
