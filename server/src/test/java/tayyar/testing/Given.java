package tayyar.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Requirements of tests on the machine. A test is skipped where one is missing. */
public enum Given {
  /** A Chromium. */
  CHROMIUM("CHROMIUM"),
  /** A Python with the packages of clients/python/requirements.txt. */
  PYTHON("TAYYAR_TEST_PYTHON"),
  /** A folder with the node_modules of clients/node/package.json. */
  NODE_FOLDER("TAYYAR_TEST_NODE_DIR"),
  /** A folder with the node_modules of clients/agents/package.json. */
  AGENTS_FOLDER("TAYYAR_TEST_AGENTS_DIR"),
  /** A folder with the libraries of clients/java/pom.xml. */
  JAVA_FOLDER("TAYYAR_TEST_JAVA_DIR"),
  /** A folder with the programs that clients/go makes. */
  GO_FOLDER("TAYYAR_TEST_GO_DIR"),
  /** A folder with the engine's libraries. */
  NATIVES("TAYYAR_TEST_NATIVES"),
  /** A model's file. */
  MODEL("TAYYAR_TEST_MODEL");

  private final String variable;

  Given(String variable) {
    this.variable = variable;
  }

  /** Returns its path. Where it is missing, the test is skipped, or fails where CI is true. */
  public Path path() {
    String value = System.getenv(variable);
    if (value == null || value.isEmpty() || !Files.exists(Path.of(value))) {
      throw missing(variable + " is not set or names nothing that is there");
    }
    return Path.of(value);
  }

  /** A program of the PATH; where it is missing, the test is skipped or fails likewise. */
  public static Path program(String name) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw missing(name + " is not on the PATH");
  }

  /**
   * A shared library below /usr/lib; where it is missing, the test is skipped or fails likewise.
   */
  public static Path library(String name) {
    try (Stream<Path> files =
        Files.find(Path.of("/usr/lib"), 4, (file, _) -> file.endsWith(name))) {
      return files.findFirst().orElseThrow(() -> missing(name + " is not below /usr/lib"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Skips the test, or fails it where CI is true; never returns. */
  public static AssertionError missing(String what) {
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(what);
    }
    Assumptions.abort(what);
    return new AssertionError(what);
  }

  /** The folder with our own programs in other languages. */
  public static Path clients() {
    return Path.of(System.getProperty("tayyar.basedir", ".")).resolve("clients");
  }
}
