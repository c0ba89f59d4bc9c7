package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ErrorFacts;
import tayyar.api.Feature;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.Odds;
import tayyar.api.Sampling;
import tayyar.calls.Tools;
import tayyar.engine.Listener.Called;
import tayyar.grammar.Tool;
import tayyar.testing.TinyModel;
import tayyar.testing.TinyModel.Piece;

/** Calls of tools: the real model, which knows none, and tiny ones with templates that do. */
@Tag("engine")
final class ToolsEngineTest {
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":40},"
          + "\"unit\":{\"enum\":[\"مئوية\",\"f\"]}},\"required\":[\"city\",\"unit\"],"
          + "\"additionalProperties\":false}";
  private static final String TOOLS =
      "[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":"
          + SCHEMA
          + "}},{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";

  /** A random model would not find a string's end. */
  private static final String GIVEN =
      TOOLS.replace("{\"type\":\"string\",\"maxLength\":40}", "{\"enum\":[\"القاهرة\",\"Aswan\"]}");

  /** In the manner of ChatML with tools between tags; arguments are an object. */
  private static final String TAGS =
      """
      {%- if tools %}<|im_start|>system
      {% for tool in tools %}{{ tool | tojson }}
      {% endfor %}<|im_end|>
      {% endif %}
      {%- for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content }}
      {%- for call in m.tool_calls or [] %}
      <call>
      {"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
      </call>
      {%- endfor %}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% endif %}""";

  /** In the manner of models with a control token before calls, short ids and text arguments. */
  private static final String CONTROL =
      """
      {{- bos_token }}{% if tools %}[TOOLS]{{ tools | tojson }}[/TOOLS]{% endif %}
      {%- for m in messages %}
      {%- if m.tool_calls is defined %}[CALLS][
      {%- for call in m.tool_calls %}
      {%- if call.id | length != 9 %}{{ raise_exception('ids have nine characters') }}{% endif %}
      {{- '{"name": "' + call.function.name + '", "arguments": ' + call.function.arguments + ', "id": "' + call.id + '"}' }}
      {%- if not loop.last %}, {% endif %}{% endfor %}]{{ eos_token }}
      {%- elif m.role == 'tool' %}[RESULT]{{ m.tool_call_id }} {{ m.content }}
      {%- else %}[{{ m.role }}]{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}
      {%- endif %}{% endfor %}""";

  /** In the manner of models that write parameter by parameter. */
  private static final String EACH =
      """
      {%- if tools %}<|im_start|>system
      {{ tools | tojson }}<|im_end|>
      {% endif %}
      {%- for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content }}
      {%- for call in m.tool_calls or [] %}
      <call>
      <function={{ call.function.name }}>
      {%- for name, value in call.function.arguments | items %}
      <parameter={{ name }}>
      {{ value if value is string else value | tojson }}
      </parameter>
      {%- endfor %}
      </function>
      </call>
      {%- endfor %}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% endif %}""";

  private static Engine real;

  @RegisterExtension final Asker asker = new Asker();

  @BeforeAll
  static void begin() {
    real = Engine.start(EngineParts.config(2, 1024, true));
  }

  @AfterAll
  static void end() {
    real.close();
  }

  private static InferenceRequest ask(double hot, String... members) {
    var body = new StringBuilder();
    var forms = new ArrayList<Form>();
    for (int i = 0; i < members.length; i += 2) {
      int from = body.toString().getBytes(UTF_8).length;
      body.append(members[i + 1]);
      forms.add(new Form(members[i], from, body.toString().getBytes(UTF_8).length));
    }
    return Asker.chat(
        "What is the weather in Cairo?",
        new Sampling(hot, 1.0, 0, 0.0, 1.0, null, null, 3L, 400),
        List.of(),
        Set.of(Feature.TOOLS),
        body.toString().getBytes(UTF_8),
        new Asked.Chat("", 0, 1, List.copyOf(forms)),
        Odds.NONE);
  }

  private static void assertValid(Listener heard) {
    assertThat(heard.error).isNull();
    assertThat(heard.calls).isNotEmpty();
    for (Called call : heard.calls) {
      assertThat(call.index()).isEqualTo(heard.calls.indexOf(call));
      String schema =
          Map.of("get_weather", SCHEMA, "now", "{\"type\":\"object\",\"maxProperties\":0}")
              .get(call.name());
      assertThat(JUDGE.getSchema(schema).validate(call.json(), InputFormat.JSON))
          .as(call.json())
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.7, 2})
  void aRequiredCallIsOfATool(double hot) throws InterruptedException {
    Listener heard = asker.answer(real, ask(hot, "tools", TOOLS, "tool_choice", "\"required\""));
    assertValid(heard);
    assertThat(heard.text()).isEmpty();
    assertThat(heard.reason).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(heard.calls.getFirst().id()).matches("call_[0-9A-Za-z]{24}");
    assertThat(heard.usage.completionTokens()).isPositive();
  }

  @Test
  void aNamedToolIsCalledOnce() throws InterruptedException {
    String named = "{\"type\":\"function\",\"function\":{\"name\":\"now\"}}";
    Listener heard = asker.answer(real, ask(2, "tools", TOOLS, "tool_choice", named));
    assertValid(heard);
    assertThat(heard.calls)
        .singleElement()
        .satisfies(call -> assertThat(call.name()).isEqualTo("now"));
  }

  /** Its text is held to no form; a call of it is told as such. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"required\"",
        "{\"type\":\"custom\",\"custom\":{\"name\":\"shell\"}}",
        "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":["
            + "{\"type\":\"custom\",\"custom\":{\"name\":\"shell\"}}]}}"
      })
  void aCustomToolTakesAText(String choice) throws InterruptedException {
    String shell =
        "[{\"type\":\"custom\",\"custom\":{\"name\":\"shell\",\"description\":\"Runs a command.\","
            + "\"format\":{\"type\":\"text\"}}}]";
    Listener heard = asker.answer(real, ask(0, "tools", shell, "tool_choice", choice));
    assertThat(heard.error).isNull();
    assertThat(heard.calls)
        .isNotEmpty()
        .allMatch(call -> call.name().equals("shell") && call.custom())
        .noneMatch(call -> call.json().contains("\"input\""));
    assertThat(heard.calls.getFirst().json()).isNotEmpty();
  }

  @Test
  void anOlderRequestGetsAnOlderCall() throws InterruptedException {
    String functions = "[{\"name\":\"get_weather\",\"parameters\":" + SCHEMA + "}]";
    Listener heard =
        asker.answer(
            real, ask(0, "functions", functions, "function_call", "{\"name\":\"get_weather\"}"));
    assertThat(heard.reason).isEqualTo(FinishReason.FUNCTION_CALL);
    assertThat(heard.calls).hasSize(1);
    assertThat(heard.calls.getFirst().index()).isEqualTo(-1);
    assertThat(heard.calls.getFirst().id()).isEmpty();
  }

  @Test
  void toolsThatMayNotBeCalledChangeNothing() throws InterruptedException {
    Listener none = asker.answer(real, ask(0, "tools", TOOLS, "tool_choice", "\"none\""));
    Listener plain = asker.answer(real, ask(0));
    assertThat(none.text()).isEqualTo(plain.text()).isNotEmpty();
    assertThat(none.reason).isEqualTo(plain.reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools | [{\"type\":\"web_search\"}] | tools[0].type",
        "tools | [{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}] | tools[0].function.name",
        "tools | [{\"type\":\"function\"}] | tools[0].function",
        "tools | [{\"type\":\"custom\"}] | tools[0].custom",
        "tools | [{\"type\":\"custom\",\"custom\":{\"name\":\"a\",\"format\":7}}] | tools[0].custom.format",
        "tools | [{\"type\":\"custom\",\"custom\":{\"name\":\"a b\"}}] | tools[0].custom.name",
        "tools | [{\"type\":\"custom\",\"custom\":{\"name\":\"a\",\"format\":{\"type\":\"grammar\","
            + "\"grammar\":{\"syntax\":\"lark\",\"definition\":\"start: A\"}}}}] | tools[0].custom.format.type",
        "tools | [7] | tools[0]",
        "tools | [{\"type\":\"function\",\"function\":{\"name\":\"a\",\"parameters\":[]}}]"
            + " | tools[0].function.parameters",
        "functions | [{\"name\":\"a\"},{\"name\":\"a\"}] | functions[1].name",
        "tools | [{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":true,"
            + "\"parameters\":{\"type\":\"object\",\"if\":{}}}}] | tools[0].function.parameters.if",
      })
  void aWrongToolIsNamed(String member, String json, String param) throws InterruptedException {
    Listener heard = asker.answer(real, ask(0, member, json));
    ErrorFacts facts = Objects.requireNonNull(heard.error).facts();
    assertThat(facts.param()).isEqualTo(param);
    assertThat(facts.status()).isEqualTo(400);
  }

  @Test
  void aToolThatIsAllowedTwiceIsOne() {
    String weather = "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}";
    String all = weather + "," + weather + "," + weather.replace("get_weather", "now");
    String choice =
        "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":["
            + all
            + "]}}";
    var tools = Objects.requireNonNull(Tools.of(ask(0, "tools", TOOLS, "tool_choice", choice)));
    assertThat(tools.may()).extracting(Tool::name).containsExactly("get_weather", "now");
  }

  @Test
  void aChoiceOfWhatIsNotThereIsNamed() throws InterruptedException {
    String named = "{\"type\":\"function\",\"function\":{\"name\":\"later\"}}";
    for (String choice : List.of(named, "\"perhaps\"", "{\"type\":\"allowed_tools\"}", "7")) {
      Listener heard = asker.answer(real, ask(0, "tools", TOOLS, "tool_choice", choice));
      ErrorFacts facts = Objects.requireNonNull(heard.error, choice).facts();
      assertThat(facts.param()).startsWith("tool_choice");
    }
  }

  private static Engine tiny(Path folder, String template) throws IOException {
    return engine(
        TinyModel.write(
            folder.resolve("tiny.gguf"),
            template,
            false,
            List.of(
                new Piece("[CALLS]", TinyModel.CONTROL), new Piece("[/x]", TinyModel.CONTROL))));
  }

  private static Engine engine(Path file) {
    EngineConfig usual = EngineParts.config(1, 2048, false);
    return Engine.start(
        new EngineConfig(
            usual.natives(), file, "tiny", 1, 2048, 1, 512, 4, false, 0, Sampling.NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {TAGS, CONTROL, EACH})
  void aTemplatesOwnFormIsWrittenAndRead(String template, @TempDir Path folder) throws Exception {
    try (Engine engine = tiny(folder, template)) {
      Listener heard =
          asker.answer(engine, ask(1.5, "tools", GIVEN, "tool_choice", "\"required\""));
      if (heard.reason == FinishReason.TOOL_CALLS) {
        assertValid(heard);
      }
      assertThat(heard.calls).isNotEmpty();
      String no = "[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
      Listener one =
          asker.answer(
              engine,
              ask(1.5, "tools", no, "tool_choice", "\"required\"", "parallel_tool_calls", "false"));
      assertThat(one.calls).hasSize(1);
      assertThat(one.reason).isEqualTo(FinishReason.TOOL_CALLS);
    }
  }

  @Test
  void aTemplateForToolsIsUsedWhereThereAreTools(@TempDir Path folder) throws Exception {
    String long200 = "x".repeat(200);
    Path file =
        TinyModel.writeWithTools(
            folder.resolve("two.gguf"),
            TAGS.replace("if tools", "if false").replace("m.tool_calls or []", "[]"),
            long200 + TAGS);
    try (Engine engine = engine(file)) {
      Listener none = asker.answer(engine, ask(1.5, "tools", GIVEN, "tool_choice", "\"none\""));
      assertThat(none.usage.promptTokens()).isLessThan(200);
      String now = "[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
      Listener called = asker.answer(engine, ask(1.5, "tools", now, "tool_choice", "\"required\""));
      assertThat(called.usage.promptTokens()).isGreaterThan(200);
      assertThat(called.calls).isNotEmpty();
    }
  }
}
