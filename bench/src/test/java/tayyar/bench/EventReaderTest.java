package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventReaderTest {
  private static int read(EventReader reader, String event) {
    byte[] bytes = ("##" + event + "##").getBytes(UTF_8);
    return reader.read(bytes, 2, bytes.length - 2);
  }

  private static String text(EventReader reader) {
    return new String(reader.text(), reader.textFrom(), reader.textTo() - reader.textFrom(), UTF_8);
  }

  private static String chunk(String rest) {
    return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
        + rest
        + "}]}";
  }

  private static String content(String json) {
    return chunk("\"delta\":{\"content\":\"" + json + "\"},\"finish_reason\":null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"delta\":{\"role\":\"assistant\",\"content\":\"\"}|0",
        "\"delta\":{\"content\":null}|0",
        "\"delta\":{\"content\":\"a\"}|1",
        "\"delta\":{\"reasoning_content\":\"a\"}|1",
        "\"delta\":{\"reasoning\":\"a\"}|1",
        "\"delta\":{\"refusal\":\"a\"}|1",
        "\"delta\":{\"tool_calls\":[{\"index\":0}]}|1",
        "\"delta\":{},\"finish_reason\":\"stop\"|2",
        "\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"|3",
        "\"delta\":{},\"finish_reason\":\"\"|0"
      })
  void knowsWhatAChunkHolds(String rest, int holds) {
    assertThat(read(new EventReader(), chunk(rest))).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"type\":\"message_start\",\"message\":{\"content\":[],\"usage\":{\"output_tokens\":1}}|0",
        "\"type\":\"ping\"|0",
        "\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}|1",
        "\"type\":\"content_block_delta\",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"a\"}|1",
        "\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}|6",
        "\"type\":\"message_stop\"|16",
        "\"type\":\"error\",\"error\":{\"type\":\"api_error\"}|8"
      })
  void knowsTheEventsOfAMessage(String members, int holds) {
    EventReader reader = new EventReader();
    assertThat(read(reader, "{" + members + "}")).isEqualTo(holds);
    assertThat(reader.json().completionTokens()).isEqualTo(holds == 6 ? 9 : 0);
  }

  @Test
  void textsOfAMessageAreReadByAMould() {
    EventReader reader = new EventReader();
    String delta = "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":";
    for (String text : List.of("1 ", "22 ", "نهر")) {
      String event = delta + "{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}";
      assertThat(read(reader, event)).isEqualTo(EventReader.CONTENT);
      assertThat(text(reader)).isEqualTo(text);
    }
  }

  @Test
  void knowsTheOtherEvents() {
    EventReader reader = new EventReader();

    assertThat(read(reader, "[DONE]")).isEqualTo(EventReader.DONE);
    assertThat(read(reader, "not json")).isEqualTo(EventReader.MALFORMED);
    assertThat(read(reader, "{\"choices\":[")).isEqualTo(EventReader.MALFORMED);
    assertThat(read(reader, "{\"error\":null}")).isZero();
    assertThat(read(reader, "{\"error\":{\"message\":\"m\",\"code\":\"no_target\"}}"))
        .isEqualTo(EventReader.ERROR);
    assertThat(reader.json().errorCode()).isEqualTo("no_target");
    assertThat(
            read(
                reader,
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9,\"estimated\":true}}"))
        .isEqualTo(EventReader.USAGE);
    assertThat(reader.json().promptTokens()).isEqualTo(7);
    assertThat(reader.json().completionTokens()).isEqualTo(9);
    assertThat(reader.json().isEstimated()).isTrue();
  }

  @Test
  void anErrorCodeThatIsNoWordIsNotShown() {
    EventReader reader = new EventReader();
    read(reader, "{\"error\":{\"code\":\"<script>\"}}");

    assertThat(reader.json().errorCode()).isEmpty();
  }

  @Test
  void seesThatTheIdChanges() {
    EventReader reader = new EventReader();
    read(reader, content("a"));
    assertThat(reader.json().isIdChanged()).isFalse();
    read(reader, content("a").replace("c1", "c2"));
    assertThat(reader.json().isIdChanged()).isTrue();
  }

  @Test
  void contentIsTheSameByMouldAndByParsing() {
    List<String> pieces =
        List.of(
            "a",
            " b",
            "ab ",
            "\u0646\u0648\u0631",
            "\\n",
            "\\\"q\\\"",
            "\\u0041",
            "}]}",
            ",",
            "{",
            "");
    List<String> shapes =
        List.of(
            content("@"),
            content("@").replace("\"content\":", "\"content\": "),
            chunk("\"delta\":{\"role\":\"assistant\",\"content\":\"@\"},\"logprobs\":null"),
            chunk("\"finish_reason\":\"stop\",\"delta\":{\"content\":\"@\"}"),
            chunk("\"delta\":{\"content\":\"@\",\"note\":\"content\"}"),
            chunk("\"delta\":{\"content\":\"@\"}}],\"usage\":null,\"x\":[{"),
            chunk("\"content\":\"x\",\"delta\":{\"content\":\"@\"}"));
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 200; round++) {
      EventReader kept = new EventReader();
      for (int i = 0; i < 40; i++) {
        String piece = pieces.get(random.nextInt(pieces.size()));
        String event = shapes.get(random.nextInt(1 + round % shapes.size())).replace("@", piece);
        EventReader fresh = new EventReader();

        assertThat(read(kept, event)).as(event).isEqualTo(read(fresh, event));
        assertThat(text(kept)).as(event).isEqualTo(text(fresh));
      }
    }
  }
}
