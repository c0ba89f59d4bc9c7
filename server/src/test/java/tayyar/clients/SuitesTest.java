package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.Given;
import tayyar.testing.Program;
import tayyar.testing.TestEngine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests that others wrote for any model, against the embedded one. What the default model does not
 * pass stands in clients/suites.txt.
 */
@Tag("clients")
@Tag("engine")
@Timeout(600)
final class SuitesTest {
  private static final int SUITE_SECONDS = 500;

  /** With what the product's default model has where a request says nothing. */
  @RegisterExtension
  static final TestEngine ENGINE =
      TestEngine.usual(
          "--defaults", "{\"temperature\":0.7,\"repeat_penalty\":1.1,\"max_tokens\":1024}");

  private static Set<String> known(String suite) throws IOException {
    return Files.readAllLines(Given.clients().resolve("suites.txt")).stream()
        .map(line -> line.split(" ", 3))
        .filter(words -> words[0].equals(suite))
        .map(words -> words[1])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A test of ours for each of theirs that must pass, and one for the list's own truth. */
  private static Stream<DynamicTest> run(String suite, Program program) throws IOException {
    JsonNode ended;
    try (program) {
      ended =
          program.ask(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("base", ENGINE.baseUrl())
                  .put("key", ENGINE.key())
                  .put("model", TestEngine.MODEL)
                  .put("other", TestEngine.ALIAS),
              SUITE_SECONDS);
    }
    List<JsonNode> cases = ended.path("cases").valueStream().toList();
    Set<String> known = known(suite);
    Stream<DynamicTest> must =
        cases.stream()
            .filter(each -> !known.contains(name(each)))
            .map(each -> DynamicTest.dynamicTest(name(each), () -> assertPassed(each)));
    return Stream.concat(
        must, Stream.of(DynamicTest.dynamicTest("list", () -> list(cases, known))));
  }

  private static String name(JsonNode test) {
    return test.path("name").asString();
  }

  private static void assertPassed(JsonNode test) {
    assertThat(test.path("end").asString()).as(test.path("why").asString()).isEqualTo("passed");
  }

  private static void list(List<JsonNode> cases, Set<String> known) {
    assertThat(cases.stream().map(SuitesTest::name)).containsAll(known).hasSizeGreaterThan(40);
  }

  @TestFactory
  Stream<DynamicTest> langChain() throws IOException {
    return run("langchain", Programs.pythonSuite());
  }

  @TestFactory
  Stream<DynamicTest> langChain4j() throws IOException {
    return run("langchain4j", Programs.java("LangChain4jSuite"));
  }
}
