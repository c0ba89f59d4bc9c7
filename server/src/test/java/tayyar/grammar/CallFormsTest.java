package tayyar.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.api.Refused;
import tayyar.calls.CallReader;
import tayyar.calls.Calling;
import tayyar.calls.Tools;
import tayyar.grammar.CallShape.Around;
import tayyar.grammar.CallShape.Parameters;

/** What an answer that calls tools may be, and that its reader finds in it what was written. */
class CallFormsTest {
  private static final String WEATHER =
      "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":12},"
          + "\"unit\":{\"enum\":[\"c\",\"ف\"]}},\"required\":[\"city\"]}";
  private static final String ADD =
      "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"array\","
          + "\"items\":{\"type\":\"number\"},\"maxItems\":3}},\"required\":[\"a\",\"b\"],"
          + "\"additionalProperties\":false}";
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /** As models of several makers were taught. */
  static final List<CallShape> SHAPES =
      List.of(
          CallShape.PLAIN,
          new CallShape(
              "<tool_call>\n{\"name\": \"",
              "\", \"arguments\": ",
              "}\n</tool_call>",
              "}\n</tool_call>\n<tool_call>\n{\"name\": \""),
          new CallShape("{\"name\": \"", "\", \"parameters\": ", "}", null),
          new CallShape(
              "[TOOL_CALLS] [{\"name\": \"",
              "\", \"arguments\": ",
              ", \"id\": \"" + CallShape.ID + "\"}]",
              ", \"id\": \"" + CallShape.ID + "\"}, {\"name\": \""),
          new CallShape("[TOOL_CALLS]", "[ARGS]", "", "[TOOL_CALLS]"),
          new CallShape(
              "<|calls|><|call|>functions.",
              ":" + CallShape.NUMBER + "<|argument|>",
              "<|end|><|calls_end|>",
              "<|end|><|call|>functions."),
          new CallShape(
              "<｜calls｜><｜call｜>function<｜sep｜>",
              "\n```json\n",
              "\n```<｜call_end｜><｜calls_end｜>",
              "\n```<｜call_end｜>\n<｜call｜>function<｜sep｜>"),
          new CallShape("<|prefix|>[{\"", "\": ", "}]<|suffix|>", "}, {\""),
          new CallShape("<function=", ">", "</function>", "</function><function="),
          each(
              "<tool_call>\n<function=",
              "\n</function>\n</tool_call>",
              new Parameters(
                  ">\n<parameter=",
                  "\n<parameter=",
                  ">",
                  new Around(">\n", "\n</parameter>"),
                  new Around(">\n", "\n</parameter>"))),
          each(
              "<tool_call>",
              "\n</tool_call>",
              new Parameters(
                  "\n<key>",
                  "\n<key>",
                  "",
                  new Around("</key>\n<value>", "</value>"),
                  new Around("</key>\n<value>", "</value>"))),
          each(
              "<|call>call:",
              "}<call|>",
              new Parameters("{", ",", "{", new Around(":<|q|>", "<|q|>"), new Around(":", ""))));

  private static CallShape each(String before, String after, Parameters parameters) {
    return new CallShape(before, "", after, after + "\n" + before, parameters);
  }

  private static Tool tool(String name, String schema) {
    return new Tool(name, Json.read(schema, "s"), false, "tools[0].function");
  }

  static final List<Tool> TOOLS =
      List.of(tool("weather", WEATHER), tool("weather_2", ADD), new Tool("now", null, false, "t"));

  static Tools tools(boolean must) {
    return new Tools(List.of(), TOOLS, must, true, false, Set.of());
  }

  /**
   * Calls alone, of tools whose texts are given: a walk would not find the mark behind any text.
   */
  static Grammar walked(CallShape shape, boolean must) {
    Tool given =
        tool("weather", WEATHER.replace("\"type\":\"string\"", "\"enum\":[\"القاهرة\",\"a b\"]"));
    List<Tool> tools =
        shape.parameters() == null ? TOOLS : List.of(given, TOOLS.get(1), TOOLS.get(2));
    return CallForms.of(shape, tools, must, true, null);
  }

  static Grammar grammar(CallShape shape, boolean must) {
    return CallForms.of(shape, TOOLS, must, true, null);
  }

  /** What a reader hears. */
  static final class Heard implements CallReader.Ear {
    final ByteArrayOutputStream text = new ByteArrayOutputStream();
    final List<String> names = new ArrayList<>();
    final List<ByteArrayOutputStream> arguments = new ArrayList<>();

    @Override
    public void text(byte[] utf8) {
      text.writeBytes(utf8);
    }

    @Override
    public void call(String name) {
      names.add(name);
      arguments.add(new ByteArrayOutputStream());
    }

    @Override
    public void arguments(byte[] json) {
      arguments.getLast().writeBytes(json);
    }
  }

  static Heard read(CallShape shape, boolean must, byte[] answer, Random random) {
    return read(new Calling(shape, tools(must), false), answer, random);
  }

  static Heard read(Calling calling, byte[] answer, Random random) {
    var heard = new Heard();
    var reader = new CallReader(calling, heard);
    for (int at = 0; at < answer.length; ) {
      int to = Math.min(answer.length, at + 1 + random.nextInt(9));
      reader.add(Arrays.copyOfRange(answer, at, to));
      at = to;
    }
    reader.end();
    assertThat(reader.calls()).isEqualTo(!heard.names.isEmpty());
    return heard;
  }

  static void assertValid(Heard heard, String answer) {
    for (int i = 0; i < heard.names.size(); i++) {
      String json = heard.arguments.get(i).toString(UTF_8);
      String schema =
          switch (heard.names.get(i)) {
            case "weather" -> WEATHER;
            case "weather_2" -> ADD;
            case "now" -> "{\"type\":\"object\",\"maxProperties\":0}";
            default -> throw new AssertionError("no such tool in " + answer);
          };
      assertThat(JUDGE.getSchema(schema).validate(json, InputFormat.JSON)).as(answer).isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void whatMustCallIsReadAsItWasWritten(CallShape shape) {
    var random = new Random(5);
    int several = 0;
    Grammar grammar = walked(shape, true);
    for (int i = 0; i < 60; i++) {
      String answer = Walks.written(grammar, random, random.nextInt(200));
      Heard heard = read(shape, true, answer.getBytes(UTF_8), random);
      assertThat(heard.names).as(answer).isNotEmpty();
      assertThat(heard.text.size()).isZero();
      assertValid(heard, answer);
      several += heard.names.size() > 1 ? 1 : 0;
    }
    assertThat(several > 0).isEqualTo(shape.again() != null);
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void anyTextIsAnAnswerWhereAModelMayChoose(CallShape shape) {
    var random = new Random(6);
    Grammar grammar = grammar(shape, false);
    for (String text :
        List.of(
            "", "مرحبا 😀", " {\"name\": \"Sam\"}", "<tool_cal", "[TOOL <| {\"na", "a\n\n", "{ ")) {
      assertThat(Walks.accepts(grammar, text)).as(text).isTrue();
      Heard heard = read(shape, false, text.getBytes(UTF_8), random);
      assertThat(heard.text.toString(UTF_8)).isEqualTo(text);
      assertThat(heard.names).isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void aCallThatAModelChoosesIsHeldToItsTool(CallShape shape) {
    var random = new Random(7);
    String before = shape.mark().isEmpty() ? "" : "I look. <";
    Grammar grammar = grammar(shape, false);
    String id = shape.after().replace(CallShape.ID, 'x').replace(CallShape.NUMBER, '7');
    String between = shape.between().replace(CallShape.NUMBER, '7');
    Parameters one = shape.parameters();
    String json = "{\"city\": \"أسوان\", \"unit\": \"ف\"}";
    String written = one == null ? json : one(one, "city", "أسوان", "unit", "ف");
    String call = before + shape.before() + "weather" + between + written + id;
    assertThat(Walks.accepts(grammar, call)).isTrue();
    Heard heard = read(shape, false, call.getBytes(UTF_8), random);
    assertThat(heard.text.toString(UTF_8)).isEqualTo(before);
    assertThat(heard.names).containsExactly("weather");
    assertThat(heard.arguments.getFirst().toString(UTF_8)).isEqualTo(json);
    assertThat(Walks.accepts(grammar, call.replace("ف", "k"))).isFalse();
    assertThat(Walks.accepts(grammar, call.replace("weather", "wether")))
        .isEqualTo(shape.mark().isEmpty());
  }

  private static String one(Parameters shape, String... namesAndTexts) {
    var out = new StringBuilder();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      out.append(i == 0 ? shape.open() : shape.next())
          .append(namesAndTexts[i])
          .append(shape.text().before())
          .append(namesAndTexts[i + 1])
          .append(shape.text().after());
    }
    return out.toString();
  }

  @Test
  void textOfAParameterIsAnyTextUpToItsMark() {
    CallShape shape = SHAPES.get(9);
    Parameters each = Objects.requireNonNull(shape.parameters());
    String city = "\n a \"quoted\" \\ </param line\nand <|im_end|>\t";
    String answer = shape.before() + "weather" + one(each, "city", city) + shape.after();
    Heard heard = read(shape, true, answer.getBytes(UTF_8), new Random(8));
    assertThat(heard.arguments.getFirst().toString(UTF_8))
        .isEqualTo("{\"city\": " + Json.quoted(city) + "}");
    String schema =
        "{\"type\":\"object\",\"$defs\":{\"U\":{\"enum\":[\"c\",\"f\"]}},\"properties\":{\"city\":"
            + "{\"type\":\"string\",\"pattern\":\"^a$\"},\"unit\":{\"$ref\":\"#/$defs/U\"},"
            + "\"days\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}}}";
    Tool loose = tool("weather", schema);
    Grammar grammar = CallForms.of(shape, List.of(loose), true, true, null);
    String begin = shape.before() + "weather";
    assertThat(Walks.accepts(grammar, begin + one(each, "unit", "f", "days", "3") + shape.after()))
        .isTrue();
    assertThat(Walks.accepts(grammar, begin + one(each, "unit", "x") + shape.after())).isFalse();
    assertThat(Walks.accepts(grammar, begin + one(each, "days", "x") + shape.after())).isFalse();
    var strict = new Tool("weather", loose.parameters(), true, "tools[0].function");
    assertThatThrownBy(() -> CallForms.of(shape, List.of(strict), true, true, null))
        .isInstanceOfSatisfying(
            Refused.class,
            e ->
                assertThat(e.error().facts().param())
                    .isEqualTo("tools[0].function.parameters.properties.city.pattern"));
  }

  @Test
  void aSchemaThatCantBeHeldIsAHintUnlessTheToolIsStrict() {
    Object schema = Json.read("{\"type\":\"object\",\"not\":{}}", "s");
    var loose = new Tool("t", schema, false, "tools[0].function");
    Grammar grammar = CallForms.of(CallShape.PLAIN, List.of(loose), true, false, null);
    assertThat(Walks.accepts(grammar, "{\"name\": \"t\", \"arguments\": {\"a\": [1]}}")).isTrue();
    var strict = new Tool("t", schema, true, "tools[0].function");
    assertThatThrownBy(() -> CallForms.of(CallShape.PLAIN, List.of(strict), true, false, null))
        .isInstanceOfSatisfying(
            Refused.class,
            e ->
                assertThat(e.error().facts().param())
                    .isEqualTo("tools[0].function.parameters.not"));
  }

  @Test
  void anAnswerIsOfItsFormOrCalls() {
    Draft form = Forms.draft("guided_choice", "[\"نعم\",\"لا\"]");
    Grammar grammar = CallForms.of(CallShape.PLAIN, TOOLS, false, true, form);
    assertThat(Walks.accepts(grammar, "نعم")).isTrue();
    assertThat(Walks.accepts(grammar, "yes")).isFalse();
    assertThat(Walks.accepts(grammar, "{\"name\":\"now\",\"arguments\":{}}")).isTrue();
  }
}
