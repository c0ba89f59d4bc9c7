package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.calls.Calling;
import tayyar.calls.Tools;
import tayyar.grammar.CallShape;
import tayyar.grammar.Tool;

/** What is told of an answer that goes on with what its client has begun. */
final class VoiceTest {
  private static final CallShape TAGS =
      new CallShape("<tool_call>\n{\"name\": \"", "\", \"arguments\": ", "}\n</tool_call>", null);

  private final Listener heard = new Listener();

  private void hear(@Nullable Consumer<Sink> said) {
    if (said != null) {
      said.accept(heard);
    }
  }

  private FinishReason goOn(CallShape shape, boolean must, String begun, String... pieces) {
    var now = new Tool("now", null, false, "tools[0].function");
    var tools = new Tools(List.of(), List.of(now), must, true, false, Set.of());
    var voice = new Voice(List.of(), new Calling(shape, tools, false), null, 0);
    voice.goOn(begun);
    for (String piece : pieces) {
      hear(voice.add(piece.getBytes(UTF_8), null));
    }
    hear(voice.end());
    return voice.reason(FinishReason.STOP);
  }

  private void assertCalled(String arguments) {
    assertThat(heard.calls)
        .singleElement()
        .satisfies(call -> assertThat(call.name()).isEqualTo("now"))
        .satisfies(call -> assertThat(call.json()).isEqualTo(arguments));
    assertThat(heard.text()).isEmpty();
  }

  @Test
  void aCallThatBeginsInWhatIsGivenIsToldWhole() {
    FinishReason reason =
        goOn(
            TAGS,
            false,
            "أنظر. <tool_c",
            "all>\n{\"name\": \"n",
            "ow\", \"arguments\": {}}\n</tool_call>");
    assertThat(reason).isEqualTo(FinishReason.TOOL_CALLS);
    assertCalled("{}");
  }

  @Test
  void whatIsToldOfTextThatAStopStringHeldComesBeforeTheCall() {
    var now = new Tool("now", null, false, "tools[0].function");
    var tools = new Tools(List.of(), List.of(now), false, true, false, Set.of());
    var calling = new Calling(TAGS, tools, false);
    var voice = new Voice(List.of("ab!"), calling, new Told(0, true), 0);
    String call = "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
    hear(voice.add("ab".getBytes(UTF_8), "{\"token\":\"ab\"}".getBytes(UTF_8)));
    hear(voice.add(call.getBytes(UTF_8), "{\"token\":\"call\"}".getBytes(UTF_8)));
    hear(voice.end());
    assertThat(heard.text()).isEqualTo("ab");
    assertThat(heard.calls).hasSize(1);
    assertThat(heard.told().size()).isOne();
  }

  @Test
  void argumentsThatAreGivenAreTold() {
    goOn(CallShape.PLAIN, true, "{\"name\": \"now\", \"arguments\": {\"a\": \"ب", "ت\"}}");
    assertCalled("{\"a\": \"بت\"}");
  }

  @Test
  void aTextThatIsGivenIsNotToldAgain() {
    FinishReason reason = goOn(TAGS, false, "أنظر. \n<tool_c", "ar> ", "ف");
    assertThat(reason).isEqualTo(FinishReason.STOP);
    assertThat(heard.text()).isEqualTo("ar> ف");
  }

  @Test
  void whatFollowsATextIsNoCallWhereCallsStandAlone() {
    String json = "{\"name\": \"now\", \"arguments\": 7}";
    goOn(CallShape.PLAIN, false, "Sure: ", json);
    assertThat(heard.text()).isEqualTo(json);
    assertThat(heard.calls).isEmpty();
  }
}
