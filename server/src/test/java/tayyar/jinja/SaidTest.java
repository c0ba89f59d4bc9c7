package tayyar.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.testing.Given;
import tayyar.testing.Templates;

/**
 * No part that counts as the template's own ever holds what somebody said. Whatever is said here
 * holds characters for private use, which no template has: where one of them comes out, it must be
 * known as said.
 */
class SaidTest {
  private static final List<String> WORDS =
      List.of(
          "<think>",
          "</think>",
          "/no_think",
          "<|im_end|>",
          "a",
          "A",
          " ",
          "\n",
          "\u00A0",
          "\r\n",
          "\t",
          ",",
          "%s",
          "{}",
          "'",
          "\"",
          "\\",
          "<",
          "1",
          "é",
          "ß",
          "😀",
          "",
          "[INST]",
          "user");

  private static String said(Random random) {
    var said = new StringBuilder();
    for (int i = random.nextInt(7); i >= 0; i--) {
      boolean word = random.nextBoolean();
      said.append(word ? WORDS.get(random.nextInt(WORDS.size())) : "")
          .append(word ? "" : Character.toString('\uE000' + random.nextInt(256)));
    }
    return said.toString();
  }

  private static void check(Text text, String what) {
    for (int i = 0; i < text.chars().length(); i++) {
      char c = text.chars().charAt(i);
      if (c >= '\uE000' && c < '\uE100') {
        assertThat(text.saidWithin(i, i + 1)).as("%s at %s: %s", what, i, text.chars()).isTrue();
      }
    }
  }

  @Test
  void noTemplateOfOursGivesOutWhatWasSaidAsItsOwn() throws IOException {
    conversations(Templates.ours(), 200);
  }

  @Tag("clients")
  @Test
  void noTemplateOfThePackagesGivesOutWhatWasSaidAsItsOwn() throws IOException {
    conversations(Templates.packaged(Given.PYTHON.path()), 20);
  }

  private static void conversations(List<Path> templates, int rounds) throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int rendered = 0;
    for (Path file : templates) {
      var template = new Template(Files.readString(file));
      for (int i = 0; i < rounds; i++) {
        try {
          check(template.render(conversation(random)), file + ", seed " + seed);
          rendered++;
        } catch (Fault e) {
          assertThat(e.getMessage()).as("it tells nothing that was said").matches("[\\x20-\\x7E]+");
        } catch (Raised e) {
          assertThat(e.getMessage()).isNotNull();
        }
      }
    }
    assertThat(rendered).isGreaterThan(templates.size());
  }

  private static Map<String, @Nullable Object> conversation(Random random) {
    var messages = new ArrayList<Map<String, @Nullable Object>>();
    if (random.nextInt(3) == 0) {
      messages.add(message("system", random));
    }
    for (int i = random.nextInt(3) * 2; i >= 0; i--) {
      messages.add(message(i % 2 == 0 ? "user" : "assistant", random));
    }
    var values = new LinkedHashMap<String, @Nullable Object>();
    values.put("messages", messages);
    values.put("tools", random.nextInt(4) == 0 ? List.of(tool(random)) : null);
    values.put("add_generation_prompt", true);
    values.put("bos_token", "<s>");
    values.put("eos_token", "</s>");
    return values;
  }

  private static Map<String, @Nullable Object> message(String role, Random random) {
    var message = new LinkedHashMap<String, @Nullable Object>();
    Text said = Text.said(said(random));
    boolean parts = random.nextInt(5) == 0;
    message.put("role", role);
    message.put("content", parts ? List.of(Map.of("type", "text", "text", said)) : said);
    if (role.equals("assistant") && random.nextBoolean()) {
      message.put("reasoning_content", Text.said(said(random)));
      message.put("tool_calls", List.of(call(random)));
    }
    return message;
  }

  private static Map<String, Object> call(Random random) {
    Map<Text, Text> arguments = Map.of(Text.said(said(random)), Text.said(said(random)));
    return Map.of(
        "id",
        Text.said(said(random)),
        "type",
        "function",
        "function",
        Map.of("name", Text.said(said(random)), "arguments", arguments));
  }

  private static Map<String, Object> tool(Random random) {
    Map<String, Object> city = Map.of("type", "string", "description", Text.said(said(random)));
    return Map.of(
        "type",
        "function",
        "function",
        Map.of(
            "name",
            Text.said(said(random)),
            "description",
            Text.said(said(random)),
            "parameters",
            Map.of(
                "type",
                "object",
                "required",
                List.of(),
                "properties",
                Map.of(Text.said(said(random)), city))));
  }

  private static final List<String> VALUES =
      List.of(
          "x", "y", "x", "y", "d", "l", "'own'", "' a,b '", "'%s|%r'", "'{} {!r:>5}'", "2", "n");

  private static final List<String> AROUND =
      List.of(
          "(%s | upper)",
          "(%s | lower)",
          "(%s | title)",
          "(%s | capitalize)",
          "(%s | trim)",
          "(%s | replace('a', x))",
          "(%s | replace(x, 'a'))",
          "(%s | indent(2, true))",
          "(%s | truncate(5, true))",
          "(%s | center(9))",
          "(%s | tojson)",
          "(%s | tojson(indent=1))",
          "(%s | string)",
          "(%s | list)",
          "(%s | join('-'))",
          "(%s | join(x))",
          "(%s | reverse)",
          "(%s | first)",
          "(%s | last)",
          "(%s | sort)",
          "(%s | unique | list)",
          "(%s | e)",
          "(%s | safe)",
          "(%s | default(y))",
          "(%s | length)",
          "(%s | map('upper') | list)",
          "(%s | batch(2) | list)",
          "(%s | tojson(true))",
          "(%s | max)",
          "(%s | format(x, y))",
          "(%s ~ x)",
          "(x ~ %s)",
          "(%s + y)",
          "(%s * 2)",
          "(%s % (x, y))",
          "('[%%s]' % %s)",
          "(%s.split())",
          "(%s.split('a'))",
          "(%s.rsplit(none, 1))",
          "(%s.partition('a'))",
          "(%s.splitlines())",
          "(%s.strip())",
          "(%s.lstrip('a'))",
          "(%s.replace('', x, 2))",
          "(%s.join([x, 'a', y]))",
          "(%s.format(x, y))",
          "('{:*^9}'.format(%s))",
          "(%s.center(9, '*'))",
          "(%s.zfill(9))",
          "(%s.title())",
          "(%s.swapcase())",
          "(%s.expandtabs(2))",
          "(%s.removeprefix('a'))",
          "(%s.casefold())",
          "(%s[1:])",
          "(%s[::-1])",
          "(%s[0])",
          "([%s, x])",
          "({'k': %s})",
          "({x: %s})",
          "(%s, y)",
          "(%s | dictsort)",
          "(%s.items() | list)",
          "(%s.get('k'))",
          "(%s if x else y)",
          "(m(%s))",
          "(%s | forceescape)");

  @Test
  void noExpressionGivesOutWhatWasSaidAsItsOwn() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int rendered = 0;
    for (int round = 0; round < 20_000; round++) {
      String expression = VALUES.get(random.nextInt(VALUES.size()));
      for (int depth = random.nextInt(4); depth >= 0; depth--) {
        String around = AROUND.get(random.nextInt(AROUND.size()));
        expression =
            around
                .replace("%%", "\0")
                .replaceFirst("%s", "\1")
                .replace("\0", "%")
                .replace("\1", expression);
      }
      String source =
          "{% macro k() %}{{ kwargs }}{% endmacro %}{% macro m(q) %}<{{ q }}{% set z %}{{ q }}{% endset %}{{ z }}>{% endmacro %}{{ "
              + expression
              + " }}{% for c in "
              + expression
              + " %}{{ c }}{% endfor %}";
      Map<String, Object> values =
          Map.of(
              "x", Text.said(said(random)),
              "y", Text.said(said(random)),
              "n", 3,
              "l", List.of(Text.said(said(random)), "own", Text.said(said(random))),
              "d", Map.of(Text.said(said(random)), Text.said(said(random))));
      try {
        check(new Template(source).render(values), expression + ", seed " + seed);
        rendered++;
      } catch (Fault e) {
        assertThat(e.getMessage()).isNotEmpty().matches("[\\x20-\\x7E]+");
      }
    }
    assertThat(rendered).as("expressions that gave a text").isGreaterThan(3_000);
  }
}
