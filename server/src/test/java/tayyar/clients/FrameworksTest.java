package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Given;
import tayyar.testing.Program;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * LangChain4j and Spring AI take a stream that broke off for a whole one, and docs/clients.md says
 * how to tell: our programs do as it says.
 */
@Tag("clients")
final class FrameworksTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static JsonNode said(Program program, String key, String text) throws IOException {
    ObjectNode ask = JsonMapper.shared().createObjectNode();
    ask.put("base", GATEWAY.baseUrl()).put("key", key);
    return program.ask(ask.put("model", TestGateway.MODEL).put("text", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LangChain4j", "SpringAi"})
  void anAnswerThatBrokeOffIsToldFromAWholeOne(String framework) throws IOException {
    String key = GATEWAY.newKey(100);
    try (Program program = Programs.java(framework)) {
      JsonNode whole = said(program, key, "[[echo]] one two three");
      assertThat(whole.path("text").asString()).isEqualTo("one two three");
      assertThat(whole.path("end").asString()).isEqualTo("whole");

      for (String fault : new String[] {"cut@2", "reset@2", "errorevent@2", "garbage@2"}) {
        JsonNode broken = said(program, key, "[[echo " + fault + "]] one two three");
        assertThat(broken.path("text").asString()).as(fault).isEqualTo("one two ");
        assertThat(broken.path("end").asString()).as(fault).containsPattern("br(oke|oken) off");
      }
    }
  }

  @Test
  void theDocumentShowsWhatTheProgramsDo() throws IOException {
    Path document = Given.clients().resolveSibling("docs/clients.md");
    String programs =
        Files.readString(Given.clients().resolve("java/LangChain4j.java"))
            + Files.readString(Given.clients().resolve("java/SpringAi.java"));
    List<MatchResult> shown =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(document))
            .results()
            .toList();

    assertThat(shown).hasSize(2);
    for (MatchResult one : shown) {
      assertThat(programs).containsIgnoringWhitespaces(one.group(1));
    }
  }
}
