package tayyar.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class PackageClientTest {
  private static final String URL = "http://127.0.0.1:1/p/-/p-1.0.tgz";

  @TempDir private Path folder;
  private Programs programs;
  private PackageClient client;

  @BeforeEach
  void noPrograms() throws IOException {
    programs = Programs.in(folder);
    client = new PackageClient(programs.environment(), Duration.ofSeconds(20));
  }

  private static void assertSays(ThrowingCallable call, String sentence) {
    assertThatThrownBy(call).isInstanceOf(FetchException.class).hasMessage(sentence);
  }

  @Test
  void asksNpm() throws IOException {
    programs.npm(URL);

    assertThat(client.npm("@scope/p", "1.0")).hasToString(URL);
    assertThat(programs.asked("npm")).isEqualTo("view @scope/p@1.0 dist.tarball --json\n");
  }

  @Test
  void asksNpmThatAnswersWithAList() throws IOException {
    programs.with("npm", "echo '[ \"" + URL + "\" ]'");

    assertThat(client.npm("@scope/p", "1.0")).hasToString(URL);
  }

  @Test
  void asksPip() throws IOException {
    programs.with("cat", "exec /bin/cat").pip(URL);

    assertThat(client.pip("p", "1.0")).hasToString(URL);
    assertThat(programs.asked("python3"))
        .startsWith("-m pip install --dry-run ")
        .contains(" --only-binary=:all: ")
        .endsWith(" --report - p==1.0\n");
  }

  @Test
  void saysWhichIsMissing() {
    assertSays(() -> client.npm("p", "1"), "npm is missing: install Node.js with npm.");
    assertSays(() -> client.pip("p", "1"), "pip is missing: install Python with pip.");
    var empty = new PackageClient(Map.of(), Duration.ofSeconds(1));
    assertSays(() -> empty.npm("p", "1"), "npm is missing: install Node.js with npm.");
  }

  @Test
  void saysThatNpmHasNoNode() throws IOException {
    programs.with(
        "npm", "echo \"/usr/bin/env: 'node': No such file or directory\" >&2", "exit 127");

    assertSays(() -> client.npm("p", "1"), "npm is missing: install Node.js with npm.");
  }

  @Test
  void saysThatPythonHasNoPip() throws IOException {
    programs.with("python3", "echo '/usr/bin/python3: No module named pip' >&2", "exit 1");

    assertSays(() -> client.pip("p", "1"), "pip is missing: install Python with pip.");
  }

  @Test
  void saysThatPipIsTooOld() throws IOException {
    programs.with("python3", "echo 'no such option: --report' >&2", "exit 2");

    assertSays(() -> client.pip("p", "1"), "pip is too old: take 22.2 or newer.");
  }

  @Test
  void saysThatTheRegistryCannotBeReached() throws IOException {
    programs.with("npm", "echo 'npm error code EAI_AGAIN' >&2", "exit 1");

    assertSays(
        () -> client.npm("p", "1"),
        "npm could not reach its registry. Is the network there?"
            + " To see why: npm view p@1 dist.tarball --json.");
  }

  @Test
  void saysThatThereIsNoAnswer() throws IOException {
    programs.with("npm", "exec /bin/sleep 1000");
    var impatient = new PackageClient(programs.environment(), Duration.ofSeconds(1));

    assertSays(() -> impatient.npm("p", "1"), "npm gave no answer in 1 s. Is the network there?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "not json", "\"\\x\""})
  void saysThatTheAnswerCannotBeRead(String answer) throws IOException {
    programs.with("npm", "echo '" + answer + "'");

    assertSays(() -> client.npm("p", "1"), "npm gave an answer that can't be read.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "\"\"",
        "\"no address\"",
        "\"file:///etc/passwd\"",
        "\"http:///x\""
      })
  void saysThatThereIsNoAddress(String answer) throws IOException {
    programs.with("npm", "echo '" + answer + "'");

    assertSays(() -> client.npm("p", "1"), "npm names no address of the package.");
  }

  @Test
  void readsAnAnswerOfAnyLength() throws IOException {
    programs.with(
        "npm", "i=0; while [ $i -lt 20000 ]; do echo; i=$((i+1)); done", "echo '\"" + URL + "\"'");

    assertThat(client.npm("p", "1")).hasToString(URL);
  }
}
