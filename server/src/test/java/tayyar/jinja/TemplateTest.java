package tayyar.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Templates;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TemplateTest {
  private static final JsonNode ALL = read();

  private static JsonNode read() {
    try (var in = Objects.requireNonNull(TemplateTest.class.getResourceAsStream("cases.json"))) {
      return new JsonMapper().readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What each template gives was written down by Jinja 3.1.6 itself. */
  @TestFactory
  Stream<DynamicTest> rendersAsJinjaDoes() {
    return StreamSupport.stream(ALL.get("cases").spliterator(), false)
        .map(one -> DynamicTest.dynamicTest(one.get("template").asString(), () -> check(one)));
  }

  private static void check(JsonNode one) {
    String template = one.get("template").asString();
    if (one.has("refused")) {
      assertThatThrownBy(() -> render(template)).isInstanceOfAny(Fault.class, Raised.class);
    } else {
      assertThat(render(template)).isEqualTo(one.get("want").asString());
    }
  }

  private static String render(String template) {
    var globals = new LinkedHashMap<String, @Nullable Object>();
    ALL.get("globals")
        .properties()
        .forEach(e -> globals.put(e.getKey(), Templates.value(e.getValue())));
    return new Template(template).render(globals).chars();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ never closed",
        "{% if x %}",
        "{% endif %}",
        "{% include 'x' %}",
        "{{ 'open }}",
        "{{ }}",
        "{{ 1 + }}",
        "{{ x | }}",
        "{% for in x %}{% endfor %}",
        "{{ (1 }}",
        "{{ [1, }}",
        "{% set = 1 %}",
        "{{ x y }}",
        "{{ 'x' | nothing }}",
        "{{ 'x' is nothing }}",
        "{% break %}",
        "{{ 99999999999999999999 }}"
      })
  void aTemplateThatCantBeReadIsRefusedWhenItIsParsed(String source) {
    assertThatThrownBy(() -> new Template(source)).isInstanceOf(Fault.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}"
            + "{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}"
            + "{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{{ 'x' * 999999999999 }}",
        "{{ range(999999999999) }}",
        "{{ 1 // 0 }}",
        "{{ n.x.y.z }}",
        "{{ 'a' < 1 }}",
        "{{ x() }}",
        "{% if true %}{{ 'x' | nothing }}{% endif %}",
        "{% if true %}{{ 'x' is nothing }}{% endif %}"
      })
  void aTemplateThatGoesWrongIsStopped(String source) {
    assertThatThrownBy(() -> render(source)).isInstanceOf(Fault.class);
  }

  @Test
  void aTemplateNestedWithoutEndIsRefused() {
    String deep = "{{ " + "(".repeat(200_000) + "1" + ")".repeat(200_000) + " }}";
    assertThatThrownBy(() -> new Template(deep)).isInstanceOf(Fault.class);
  }

  @Test
  void whateverIsWrittenOnlyEverGivesAFault() {
    var random = new Random(7);
    List<String> pieces =
        List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            " if ",
            " for ",
            " in ",
            " else ",
            " endif ",
            " endfor ",
            " set ",
            " macro ",
            " m(",
            ")",
            "(",
            "[",
            "]",
            ":",
            ",",
            ".",
            "|",
            "x",
            "n",
            "'",
            "\"",
            "\\",
            "1",
            "=",
            "==",
            "not ",
            "is ",
            "\n",
            "messages",
            " and ",
            "{",
            "}",
            "~");
    for (int i = 0; i < 20_000; i++) {
      var source = new StringBuilder(random.nextBoolean() ? "{{ " : "");
      for (int n = random.nextInt(14); n >= 0; n--) {
        source.append(pieces.get(random.nextInt(pieces.size())));
      }
      try {
        render(source.append(random.nextBoolean() ? " }}" : "").toString());
      } catch (Fault | Raised e) {
        assertThat(e).hasMessageNotContaining("java");
      }
    }
  }

  /** What takes time by the square of a text's length would take hours here. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ x.split() | length }}",
        "{{ x.rsplit() | length }}",
        "{{ x.split('a') | length }}",
        "{{ x | replace('a', 'b') | length }}",
        "{{ x.splitlines() | length }}",
        "{{ x | list | length }}",
        "{{ x | tojson | length }}",
        "{{ x | e | length }}",
        "{{ x | indent | length }}",
        "{{ x[::-1] | length }}",
        "{{ x.count('a') }}",
        "{{ x | wordcount }}",
        "{{ '%s' % x | length }}",
        "{{ [x, x] | string | length }}",
        "{% for i in range(99999) %}{{ x[i] }}{% endfor %}",
        "{{ (x ~ '9') | int }}{{ ('9' * 999999) | int }}{{ ('9' * 999999) | float }}"
      })
  @Timeout(60)
  void aLongTextTakesTimeByItsLength(String source) {
    Text text = Text.said("a\n<\" ".repeat(300_000));
    assertThat(new Template(source).render(Map.of("x", text)).chars()).isNotEmpty();
  }
}
