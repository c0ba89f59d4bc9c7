package tayyar.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.api.Refused;
import tayyar.calls.Calling;
import tayyar.grammar.CallFormsTest.Heard;

/** Whatever the grammar of calls lets pass, its reader reads; and what is hostile is refused. */
class CallMeetsFormTest {
  static final List<CallShape> SHAPES = CallFormsTest.SHAPES;

  private static final CallShape EACH = SHAPES.get(9);

  /** A slice taken out, doubled, or put elsewhere; blanks, marks and text put in. */
  private static String mutated(String text, CallShape shape, Random random) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(12));
    String slice = text.substring(from, to);
    String mark = shape.before().strip();
    String part = mark.substring(0, random.nextInt(mark.length() + 1));
    return switch (random.nextInt(7)) {
      case 0 -> text.substring(0, from) + text.substring(to);
      case 1 -> text.substring(0, to) + slice + text.substring(to);
      case 2 -> text.substring(0, from) + " \n" + text.substring(from);
      case 3 -> text.substring(0, from) + part + text.substring(from);
      case 4 -> part + text;
      case 5 -> "أنظر. " + text;
      default -> text.substring(0, from);
    };
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void whatTheGrammarTakesIsReadWithoutLoss(CallShape shape) {
    var random = new Random(11);
    Grammar must = CallFormsTest.walked(shape, true);
    Grammar may = CallFormsTest.walked(shape, false);
    int read = 0;
    for (int i = 0; i < 40; i++) {
      String answer = Walks.written(must, random, random.nextInt(120));
      for (int turn = 0; turn < 30; turn++) {
        String text = mutated(answer, shape, random);
        if (Walks.accepts(may, text)) {
          Heard heard = CallFormsTest.read(shape, false, text.getBytes(UTF_8), random);
          assertWhole(heard, text);
          read += heard.names.isEmpty() ? 0 : 1;
        }
      }
    }
    assertThat(read).isPositive();
  }

  private static void assertWhole(Heard heard, String answer) {
    String text = heard.text.toString(UTF_8);
    if (heard.names.isEmpty()) {
      assertThat(text).isEqualTo(answer);
    } else {
      assertThat(answer).startsWith(text);
      CallFormsTest.assertValid(heard, answer);
    }
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void textOfAFormMayHaveACallsSignsInIt(CallShape shape) {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
            + "\"age\":{\"type\":\"integer\"}},\"additionalProperties\":false}";
    Draft form = Forms.draft("guided_json", schema);
    Grammar grammar = CallForms.of(shape, CallFormsTest.TOOLS, false, true, form);
    var calling = new Calling(shape, CallFormsTest.tools(false), true);
    String sign = Json.quoted(" " + shape.before() + "now");
    for (String text : List.of("{\"name\": \"weather\", \"age\": 3}", "{\"name\": " + sign + "}")) {
      assertThat(Walks.accepts(grammar, text)).as(text).isTrue();
      Heard heard = CallFormsTest.read(calling, text.getBytes(UTF_8), new Random(12));
      assertThat(heard.names).isEmpty();
      assertThat(heard.text.toString(UTF_8)).isEqualTo(text);
    }
    var random = new Random(13);
    String call = Walks.written(CallFormsTest.walked(shape, true), random, 0);
    assertThat(Walks.accepts(grammar, call)).isTrue();
    Heard heard = CallFormsTest.read(calling, call.getBytes(UTF_8), random);
    assertThat(heard.text.size()).isZero();
    assertThat(heard.names).isNotEmpty();
    CallFormsTest.assertValid(heard, call);
  }

  private static Tool tool(String name, String properties, boolean strict) {
    String schema =
        "{\"type\":\"object\",\"properties\":{" + properties + "},\"required\":[\"r\"]}";
    return new Tool(name, Json.read(schema, "s"), strict, "tools[0].function");
  }

  @Test
  void hostileToolsAreRefusedInNoTime() {
    List<Tool> many = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      many.add(tool("a".repeat(50) + i + "b".repeat(5), "\"p\":{\"type\":\"string\"}", false));
    }
    var properties = new StringBuilder("\"r\":{}");
    for (int i = 0; i < 60_000; i++) {
      properties.append(",\"p").append(i).append("\":{\"type\":\"string\"}");
    }
    List<Tool> wide = List.of(tool("wide", properties.toString(), false));
    for (CallShape shape : List.of(SHAPES.get(0), SHAPES.get(1), EACH)) {
      for (List<Tool> tools : List.of(many, wide)) {
        Assertions.assertTimeout(
            Duration.ofSeconds(5),
            () -> {
              try {
                CallForms.of(shape, tools, false, true, null);
              } catch (Refused e) {
                assertThat(e.error().facts().param()).isEqualTo("tools");
              }
            });
      }
    }
  }

  @Test
  void manyToolsWithManyTextsAreHeld() {
    List<Tool> many = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      var properties = new StringBuilder("\"r\":{\"type\":\"string\"}");
      for (int j = 0; j < 8; j++) {
        properties.append(",\"p").append(j).append("\":{\"type\":\"string\"}");
      }
      many.add(tool("tool_number_" + i, properties.toString(), false));
    }
    for (CallShape shape : SHAPES) {
      assertThat(CallForms.of(shape, many, false, true, null).bytes()).isPositive();
    }
  }

  private static void assertRefused(Tool tool, String place) {
    assertThatThrownBy(() -> CallForms.of(EACH, List.of(tool), true, true, null))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.error().facts().param()).isEqualTo(place));
  }

  @Test
  void whatWouldEndItselfIsNotWritten() {
    String odd =
        "\"r\":{\"enum\":[\"a</parameter>b\",\"c\"]},\"a>b\":{\"type\":\"string\"},\"\":{}";
    Grammar grammar = CallForms.of(EACH, List.of(tool("t", odd, false)), true, true, null);
    String begin = EACH.before() + "t>\n<parameter=";
    String end = "\n</parameter>" + EACH.after();
    assertThat(Walks.accepts(grammar, begin + "r>\nc" + end)).isTrue();
    assertThat(Walks.accepts(grammar, begin + "r>\na</parameter>b" + end)).isFalse();
    assertThat(Walks.accepts(grammar, begin + "a>b>\nc\n</parameter>\n<parameter=r>\nc" + end))
        .isFalse();
    String place = "tools[0].function.parameters.properties.";
    assertRefused(tool("t", odd, true), place + "a>b");
    assertRefused(tool("t", "\"r\":{\"const\":\"</parameter>\"}", false), place + "r");
    assertRefused(tool("t", "\"r\":{\"$ref\":\"#/no\"}", true), place + "r.$ref");
  }

  @Test
  void aReferenceToNothingIsAHint() {
    Tool tool = tool("t", "\"r\":{\"$ref\":\"#/no\"}", false);
    Grammar grammar = CallForms.of(EACH, List.of(tool), true, true, null);
    String answer = EACH.before() + "t>\n<parameter=r>\nc\n</parameter>" + EACH.after();
    assertThat(Walks.accepts(grammar, answer)).isTrue();
  }
}
