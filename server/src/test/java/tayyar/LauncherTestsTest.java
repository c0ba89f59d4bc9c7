package tayyar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.Checkout.Said;

/** {@code ./tayyar test}, where Maven, Python and Node are small scripts. */
@Tag("socket")
@Timeout(60)
final class LauncherTestsTest {
  private static final String REPORT =
      "<testsuite name=\"a\" time=\"1\" tests=\"%d\" errors=\"%d\" skipped=\"%d\" failures=\"%d\">";

  @TempDir private Path folder;
  private Checkout checkout;

  @BeforeEach
  void aMachineWithAll() throws IOException {
    checkout = new Checkout(folder);
    checkout.jdk(checkout.machine().resolve("usr/lib/jvm/jdk"), 25);
    for (String folder : new String[] {"clients/node", "clients/agents", "clients/go"}) {
      Files.createDirectories(checkout.root().resolve(folder));
      Files.writeString(checkout.root().resolve(folder).resolve("package.json"), "{}");
    }
    Path cache = checkout.home().resolve(".cache/tayyar");
    Files.createDirectories(cache.resolve("natives/one"));
    Files.createDirectories(cache.resolve("models"));
    Files.writeString(cache.resolve("natives/one/libllama.so"), "");
    Files.writeString(cache.resolve("models/smollm2-135m-x.gguf"), "");
    checkout.program(
        "python3",
        "mkdir -p \"$3/bin\"",
        "printf '#!/bin/sh\\n' > \"$3/bin/pip\"",
        "/bin/chmod +x \"$3/bin/pip\"");
    checkout.program("npm", "exit 0");
    checkout.program("go", "exit 0");
    checkout.program("chromium", "exit 0");
    checkout.program("nginx", "exit 0");
    compare("echo measured >&2");
    benchmarks("echo \"run $1\"");
    tests(0, 10, 0, 0, 0);
  }

  /** Maven writes this report and ends with this status. */
  private void tests(int status, int tests, int errors, int skipped, int failures)
      throws IOException {
    String reports = checkout.target().resolve("surefire-reports").toString();
    String others = checkout.root().resolve("bench/target/surefire-reports").toString();
    checkout.maven(
        "case \"$*\" in *clients/java*) exit 0 ;; esac",
        "env > \"$HOME/environment\"",
        "echo \"$*\" > \"$HOME/asked\"",
        "mkdir -p '" + reports + "' '" + others + "'",
        "echo '"
            + REPORT.formatted(tests, errors, skipped, failures)
            + "' > '"
            + reports
            + "/TEST-a.xml'",
        "echo '" + REPORT.formatted(2, 0, 0, 0) + "' > '" + others + "/TEST-b.xml'",
        "exit " + status);
    checkout.program("env", "exec /usr/bin/env \"$@\"");
  }

  private void compare(String... lines) throws IOException {
    Files.createDirectories(checkout.root().resolve("bench"));
    Checkout.script(
        checkout.root().resolve("bench/compare"), "#!/bin/sh\n" + String.join("\n", lines));
  }

  private void benchmarks(String... lines) throws IOException {
    Files.createDirectories(checkout.root().resolve("bench/jmh"));
    Checkout.script(
        checkout.root().resolve("bench/jmh/run"), "#!/bin/sh\n" + String.join("\n", lines));
  }

  private static void assertCounts(Said said, int status, String line) {
    assertThat(said.out()).as(said.err()).isNotEmpty();
    assertThat(said.out().getLast()).isEqualTo(line);
    assertThat(said.status()).isEqualTo(status);
  }

  @Test
  void countsWhatPassedAndGivesTheTestsTheirParts() throws IOException {
    assertCounts(checkout.run("test", "-Dtest=One"), 0, "12 passed, 0 failed, 0 skipped");
    Path build = checkout.root().resolve("build");
    assertThat(checkout.home().resolve("environment"))
        .content()
        .contains(
            "TAYYAR_TEST_NATIVES=" + checkout.home().resolve(".cache/tayyar/natives/one"),
            "TAYYAR_TEST_MODEL=" + checkout.home().resolve(".cache/tayyar/models/smollm2"),
            "TAYYAR_TEST_PYTHON=" + build.resolve("python/bin/python"),
            "TAYYAR_TEST_NODE_DIR=" + build.resolve("node"),
            "TAYYAR_TEST_AGENTS_DIR=" + build.resolve("agents"),
            "TAYYAR_TEST_JAVA_DIR=" + build.resolve("java"),
            "CHROMIUM=" + checkout.bin().resolve("chromium"));
    assertThat(checkout.home().resolve("asked"))
        .content()
        .contains("-Dtest.without= ")
        .endsWith(" package -Dtest=One\n");
  }

  @Test
  void countsWhatFailedAndWhatWasSkipped() throws IOException {
    tests(1, 10, 1, 3, 2);
    assertCounts(checkout.run("test"), 1, "6 passed, 3 failed, 3 skipped");
  }

  @Test
  void aBuildThatFailsBeforeAnyTestIsAFailureToo() throws IOException {
    checkout.maven("exit 1");
    assertCounts(checkout.run("test"), 1, "0 passed, 1 failed, 0 skipped");
    tests(1, 10, 0, 0, 0);
    assertCounts(checkout.run("test"), 1, "12 passed, 1 failed, 0 skipped");
  }

  @Test
  void theComparisonIsPrintedAndFailsByItsStatusAlone() throws IOException {
    Said said = checkout.run("test");
    assertCounts(said, 0, "12 passed, 0 failed, 0 skipped");
    assertThat(said.err()).contains("measured\n");

    assertThat(checkout.run("test", "-Dtest=One").err()).doesNotContain("measured");

    compare("exit 1");
    assertCounts(checkout.run("test"), 1, "12 passed, 1 failed, 0 skipped");
  }

  @Test
  void figuresThatAreMadeWronglyAreAFailure() throws IOException {
    checkout.program("python3", "case \"$*\" in *comparison.tests) exit 1 ;; esac");
    assertCounts(checkout.run("test"), 1, "12 passed, 1 failed, 0 skipped");
  }

  @Test
  void benchmarksThatDoNotRunAreAFailure() throws IOException {
    assertThat(checkout.run("test").err()).contains("run --check\n");

    benchmarks("exit 1");
    assertCounts(checkout.run("test"), 1, "12 passed, 1 failed, 0 skipped");
  }

  @Test
  void aLeakedBufferIsAFailure() throws IOException {
    Path output = checkout.target().resolve("surefire-reports/a-output.txt");
    checkout.maven(
        "mkdir -p '" + output.getParent() + "'",
        "printf 'LEAK: a buffer\\nwho held it\\n' > '" + output + "'");
    Said said = checkout.run("test");

    assertCounts(said, 1, "0 passed, 1 failed, 0 skipped");
    assertThat(said.err()).contains("LEAK: a buffer\n", "who held it\n", "LEAKED: 1 buffers");
  }

  @Test
  void whatTestsHaveMeasuredIsShown() throws IOException {
    Path output = checkout.target().resolve("surefire-reports/a-output.txt");
    checkout.maven(
        "mkdir -p '" + output.getParent() + "'",
        "printf 'a line\\nmeasured: 2 ms\\n' > '" + output + "'");

    assertThat(checkout.run("test", "-Dtest=One").err())
        .contains("measured: 2 ms\n")
        .doesNotContain("a line");
  }

  @Test
  void whatIsMissingIsSkippedByNameButFailsUnderCi() throws IOException {
    for (String program : new String[] {"npm", "python3", "chromium", "nginx", "go"}) {
      Files.delete(checkout.bin().resolve(program));
    }
    Said said = checkout.run("test");
    assertCounts(said, 0, "12 passed, 0 failed, 0 skipped");
    assertThat(said.err())
        .contains("skipped: the SDK for Python\n", "skipped: the SDK for Node\n")
        .contains("skipped: Chromium\n", "skipped: nginx, to measure beside\n");

    said = checkout.set("CI", "true").run("test");
    assertCounts(said, 1, "12 passed, 6 failed, 0 skipped");
    assertThat(said.err())
        .contains("MISSING: the SDK for Python\n", "MISSING: Chromium\n")
        .contains("MISSING: Codex and Claude Code\n", "MISSING: Go, its client and h2spec\n");
  }

  @Test
  void withoutTheNetworkTheEngineIsSkippedByName() throws IOException {
    checkout.jdk(checkout.machine().resolve("usr/lib/jvm/jdk"), 25, "exit 1");
    Files.delete(checkout.home().resolve(".cache/tayyar/natives/one/libllama.so"));
    Files.delete(checkout.home().resolve(".cache/tayyar/natives/one"));
    Files.delete(checkout.home().resolve(".cache/tayyar/natives"));
    Said said = checkout.run("test");

    assertCounts(said, 0, "12 passed, 0 failed, 0 skipped");
    assertThat(said.err()).contains("skipped: the engine or the default model\n");
  }
}
