package tayyar.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Given;
import tayyar.testing.Templates;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Python's own Jinja renders is rendered here to the same characters, and what it refuses is
 * refused.
 */
@Tag("clients")
class BesidePythonTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** The time at which clients/python/jinja.py renders. */
  private static final ZonedDateTime NOW =
      ZonedDateTime.of(2026, 3, 7, 14, 5, 9, 12_345_000, ZoneOffset.UTC);

  @TempDir Path folder;

  /** A template with its values, and what it is called in a failure. */
  private record Case(String name, String template, JsonNode values) {}

  @Test
  void expressionsGiveWhatPythonGives() throws Exception {
    JsonNode values = resource("values.json");
    var cases = new ArrayList<Case>();
    for (String line : lines("expressions.txt")) {
      cases.add(new Case(line, line, values));
    }
    assertThat(cases).hasSizeGreaterThan(1_000);
    compare(cases);
  }

  @Test
  void templatesOfOursGiveWhatPythonGives() throws Exception {
    compare(conversations(Templates.ours()));
  }

  @Test
  void templatesOfPackagesGiveWhatPythonGives() throws Exception {
    compare(conversations(Templates.packaged(Given.PYTHON.path())));
  }

  private static List<Case> conversations(List<Path> templates) throws IOException {
    JsonNode all = resource("conversations.json");
    var cases = new ArrayList<Case>();
    for (Path file : templates) {
      String source = Files.readString(file);
      all.properties()
          .forEach(
              one ->
                  cases.add(
                      new Case(file.getFileName() + ", " + one.getKey(), source, one.getValue())));
    }
    return cases;
  }

  private void compare(List<Case> cases) throws Exception {
    List<String> answers = python(cases);
    assertThat(answers).hasSameSizeAs(cases);
    int rendered = 0;
    var different = new ArrayList<String>();
    for (int i = 0; i < cases.size(); i++) {
      JsonNode answer = JSON.readTree(answers.get(i));
      String wanted = answer.has("text") ? answer.get("text").asString() : "(refused)";
      String ours = ours(cases.get(i));
      rendered += answer.has("text") ? 1 : 0;
      if (!ours.equals(wanted)) {
        different.add(cases.get(i).name() + "\n  here   " + ours + "\n  Python " + answer);
      }
    }
    assertThat(different).isEmpty();
    assertThat(rendered).as("cases that give a text").isGreaterThan(cases.size() / 2);
  }

  private static String ours(Case one) {
    var values = new LinkedHashMap<String, @Nullable Object>();
    one.values().properties().forEach(e -> values.put(e.getKey(), Templates.value(e.getValue())));
    try {
      return new Template(one.template()).render(values, NOW).chars();
    } catch (Fault | Raised e) {
      return "(refused)";
    }
  }

  private List<String> python(List<Case> cases) throws Exception {
    Path asked = folder.resolve("asked");
    Path told = folder.resolve("told");
    try (var out = Files.newBufferedWriter(asked)) {
      for (Case one : cases) {
        out.write(
            JSON.writeValueAsString(Map.of("template", one.template(), "values", one.values())));
        out.newLine();
      }
    }
    Process process =
        new ProcessBuilder(
                Given.PYTHON.path().toString(),
                "-W",
                "ignore",
                Given.clients().resolve("python/jinja.py").toString())
            .redirectInput(asked.toFile())
            .redirectOutput(told.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("Python ended in time").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(told);
  }

  private static JsonNode resource(String name) throws IOException {
    return JSON.readTree(bytes(name));
  }

  private static List<String> lines(String name) throws IOException {
    return new String(bytes(name), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] bytes(String name) throws IOException {
    try (var in = BesidePythonTest.class.getResourceAsStream(name)) {
      assertThat(in).isNotNull();
      return in.readAllBytes();
    }
  }
}
