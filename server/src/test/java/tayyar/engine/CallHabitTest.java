package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tayyar.engine.Conversation.Ids;
import tayyar.engine.Conversation.Style;
import tayyar.grammar.CallShape;
import tayyar.grammar.CallShape.Parameters;
import tayyar.jinja.Text;

/** What is learned of templates that number their calls or say a name twice. */
final class CallHabitTest {
  /** Each call has a place before and behind its name. */
  private static final String NUMBERED =
      """
      {%- if tools %}[tools]{{ tools | tojson }}[/tools]{% endif %}
      {%- for m in messages %}[{{ m.role }}]{{ m.content }}
      {%- for call in m.tool_calls or [] -%}
      <call name="{{ call.function.name }}" index="{{ loop.index }}">
      {%- for name, value in call.function.arguments | items -%}
      <arg key="{{ name }}">{{ value if value is string else value | tojson }}</arg>
      {%- endfor %}</call>
      {%- endfor %}<|end|>{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}""";

  private static CallHabit habit(String template) {
    return new ChatTemplate(template, null, "<s>", "<|end|>", List.of("<|end|>")).habit();
  }

  @Test
  void aPlaceBehindANameIsAnyNumber() {
    CallShape shape = habit(NUMBERED).shape();
    Parameters each = Objects.requireNonNull(shape.parameters());
    String place = "\" index=\"" + CallShape.NUMBER + "\">";
    assertThat(each.open()).isEqualTo(place + "<arg key=\"");
    assertThat(each.none()).isEqualTo(place);
    assertThat(shape.again()).isEqualTo("</call><call name=\"");
  }

  @Test
  void aPromptThatBeginsAThoughtHasTheSameShape() {
    String thinking =
        NUMBERED
            .replace("{{ m.content }}", "{% if m.content %}<answer>{{ m.content }}{% endif %}")
            .replace("[assistant]{% endif %}", "[assistant]\n<call for=thought>{% endif %}")
            .replace("[{{ m.role }}]", "[{{ m.role }}]\n");
    CallShape shape = habit(thinking).shape();
    assertThat(shape.before()).isEqualTo("<call name=\"");
    assertThat(shape.again()).isEqualTo("</call><call name=\"");
  }

  @Test
  void aNameThatIsSaidTwiceIsNoPartOfAShape() {
    CallHabit habit =
        habit(NUMBERED.replace("<call name", "to={{ call.function.name }} <call name"));
    assertThat(habit.tellsCalls()).isFalse();
    assertThat(habit.shape()).isEqualTo(CallShape.PLAIN);
  }

  private static CallShape asked(String how) {
    return habit(
            "{% if tools %}{{ tools | tojson }}"
                + how
                + "{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}")
        .shape();
  }

  @Test
  void aTagIsKnownWhereJsonIsAskedFor() {
    String json = "return a json object within <tool_call></tool_call> tags";
    assertThat(asked(json).mark()).isEqualTo("<tool_call>");
    String elements = "in JSONSchema: <tool_call><invoke name=\"a\"></invoke></tool_call>";
    assertThat(asked(elements)).isEqualTo(CallShape.PLAIN);
  }

  private static String id(Map<String, ?> message, int call) {
    var all = (List<?>) Objects.requireNonNull(message.get("tool_calls"));
    return ((Text) Objects.requireNonNull(((Map<?, ?>) all.get(call)).get("id"))).chars();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tool_calls\":\"x\"}",
        "{\"tool_calls\":{}}",
        "{\"tool_calls\":[null]}",
        "{\"tool_calls\":[{\"id\":\"a\"}]}",
        "{\"tool_calls\":[{\"function\":{\"name\":null,\"arguments\":\"{}\"}}]}",
        "{\"function_call\":{\"arguments\":\"{}\"}}",
      })
  void aCallThatIsNoneIsRefusedWithItsPlace(String json) {
    byte[] body = json.getBytes(UTF_8);
    var message = new Message(Role.ASSISTANT, body, 0, body.length, new int[0]);
    assertThatThrownBy(
            () -> Conversation.values(List.of(TrialCalls.QUESTION, message), Style.PLAIN))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.error().facts().param()).startsWith("messages[1]."));
  }

  @Test
  void callsAreNumberedThroughAConversationAndTheirResultsNameThem() {
    String none = "{}";
    var values =
        Conversation.values(
            List.of(
                TrialCalls.QUESTION,
                TrialCalls.calls(Ids.ANY, none, none),
                TrialCalls.result(Ids.ANY),
                TrialCalls.calls(Ids.ANY, none)),
            new Style(false, false, Ids.NAMED));
    assertThat(id(values.get(1), 0)).isEqualTo("functions.first_name:0");
    assertThat(id(values.get(1), 1)).isEqualTo("functions.second_name:1");
    assertThat(((Text) Objects.requireNonNull(values.get(2).get("tool_call_id"))).chars())
        .isEqualTo("functions.first_name:0");
    assertThat(id(values.get(3), 0)).isEqualTo("functions.first_name:2");
  }
}
