package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Odds;
import tayyar.api.Sampling;
import tayyar.calls.Tools;
import tayyar.grammar.CallShape;

/** Models with a template of its own for conversations with tools. */
final class TemplatesTest {
  private static final String USUAL =
      "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}";

  /** Without a list of tools it fails; with one it asks for a list of actions. */
  private static final String ACTIONS =
      """
      {%- for tool in tools %}{{ tool.function.name }}
      {% endfor %}
      {%- for m in messages %}[{{ m.role }}]{{ m.content | trim }}
      {%- if m.tool_calls is defined %}
      {{- '\\nAction:\\n```json\\n[\\n' }}
      {%- for call in m.tool_calls %}
      {{- '    {\\n        "tool_name": "' + call.function.name + '",\\n        "parameters": ' }}
      {{- call.function.arguments | tojson(indent=4) | indent(8) }}
      {{- '\\n    }' }}{{ '' if loop.last else ',\\n' }}
      {%- endfor %}{{- '\\n]```\\n' }}{% endif %}<|end|>
      {%- endfor %}""";

  private static Templates templates(String forTools) {
    return new Templates(USUAL, forTools, "<s>", "<|end|>", List.of("<|end|>"));
  }

  private static Tools tools() {
    byte[] body =
        "[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}]".getBytes(UTF_8);
    return Objects.requireNonNull(
        Tools.of(
            Asker.chat(
                "Hi",
                Sampling.NONE,
                List.of(),
                Set.of(Feature.TOOLS),
                body,
                new Asked.Chat("", 0, 1, List.of(new Form("tools", 0, body.length))),
                Odds.NONE)));
  }

  private static String prompt(Templates templates, @Nullable Tools tools) {
    return templates.render(List.of(new Message(Role.USER, "Hi")), tools).chars();
  }

  @Test
  void theOneForToolsIsUsedWhereThereAreTools() {
    Templates both = templates(ACTIONS);
    assertThat(prompt(both, null)).isEqualTo("[user]Hi");
    assertThat(prompt(both, tools())).isEqualTo("get_weather\n[user]Hi<|end|>");
    assertThat(both.shortest().chars()).isEqualTo("[user]Hi");
  }

  @Test
  void callsAreWrittenAsItShowsThem() {
    CallShape shape = templates(ACTIONS).habit().shape();
    assertThat(shape.mark()).isEqualTo("Action:");
    assertThat(CallShape.withoutBlanks(shape.before()))
        .isEqualTo("Action:```json[{\"tool_name\":\"");
    assertThat(CallShape.withoutBlanks(shape.between())).isEqualTo("\",\"parameters\":");
    assertThat(CallShape.withoutBlanks(shape.after())).isEqualTo("}]```");
  }

  @Test
  void oneThatFailsIsPassedOver() {
    for (String wrong : List.of("{{ 1 + '' }}", "{% if %}", "{{ messages[0].content }}")) {
      Templates both = templates(wrong);
      assertThat(both.habit().shape()).isEqualTo(CallShape.PLAIN);
      assertThat(prompt(both, tools())).startsWith("[system]").contains("get_weather");
    }
  }
}
