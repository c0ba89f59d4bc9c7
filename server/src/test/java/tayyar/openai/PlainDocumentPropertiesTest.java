package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Part;
import tayyar.api.Sampling;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tayyar.testing.Cases;
import tools.jackson.databind.json.JsonMapper;

/** A document that is read without a parser gives what it gives when it is parsed. */
class PlainDocumentPropertiesTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** As servers write them every day: none of these needs the parser. */
  static final List<String> EVERYDAY =
      List.of(
          // vLLM
          """
          {"id":"chatcmpl-1","object":"chat.completion","created":1767225600,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"مرحبا\\n\\"بك\\"","refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],"reasoning":null,"reasoning_content":null},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],"service_tier":null,"system_fingerprint":null,"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":null},"prompt_logprobs":null,"prompt_token_ids":null,"kv_transfer_params":null}""",
          // OpenAI
          """
          {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1767225600,
            "model": "m",
            "choices": [
              {
                "index": 0,
                "message": {
                  "role": "assistant",
                  "content": "a\\/b \\\\ c",
                  "refusal": null,
                  "annotations": []
                },
                "logprobs": null,
                "finish_reason": "length"
              }
            ],
            "usage": {
              "prompt_tokens": 9,
              "completion_tokens": 2,
              "total_tokens": 11,
              "prompt_tokens_details": {
                "cached_tokens": 4,
                "audio_tokens": 0
              },
              "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0
              }
            },
            "service_tier": "default",
            "system_fingerprint": "fp_1"
          }
          """,
          // SGLang
          """
          {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":null}],"usage":{"prompt_tokens":1,"total_tokens":2,"completion_tokens":1,"prompt_tokens_details":null},"metadata":{}}""");

  /** What needs it, and what is no answer at all. */
  private static final List<String> OTHER =
      List.of(
          "{\"choices\":[{\"message\":{\"content\":\"\\u0645\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}",
          "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}},{\"index\":1,\"message\":{\"content\":\"b\"}}]}",
          "{\"choices\":[{\"message\":{\"content\":\"a\",\"reasoning_content\":\"b\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}",
          "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},\"finish_reason\":\"stop\"}]}",
          "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
          "{\"choices\":[{\"text\":\"a\",\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}",
          "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"eos\"}],\"timings\":{\"n\":1}}",
          "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":0}}",
          "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"error\":{\"message\":\"no\"}}",
          "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"error\"}]}",
          "{\"choices\":[]}",
          "{\"error\":{\"message\":\"no\"}}",
          "[]",
          "",
          "{}");

  private static final String PIECES = "{}[]\":,\\ 01.-eE+ntfu\t\n";

  /** Each text as it is, whatever escapes it came with. */
  private static final class Given implements Sink {
    final List<String> all = new ArrayList<>();

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      if (from < to) {
        String text = "\"" + new String(json, from, to - from, UTF_8) + "\"";
        all.add(choice + " " + kind + " " + JSON.readValue(text, String.class));
      }
    }

    @Override
    public void part(int choice, Part part) {
      all.add(
          part instanceof Part.Member(Part.Member.Place place, String name, byte[] json)
              ? choice + " " + place + " " + name + " " + JSON.readTree(json)
              : choice + " " + part.getClass().getSimpleName());
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      all.add(choice + " " + reason);
    }

    @Override
    public void usage(Usage usage) {
      all.add(usage.toString());
    }

    @Override
    public void flush() {}

    @Override
    public void done() {}

    @Override
    public void failed(ApiError error) {}
  }

  private static InferenceRequest request(boolean chat) {
    Asked asked = chat ? new Asked.Chat() : new Asked.Completion(8, 1);
    var spans = new InferenceRequest.Spans(0, 0, 0, 0, 0, 0, 0, 0, 0);
    return new InferenceRequest(
        "m",
        List.of(),
        false,
        false,
        Sampling.NONE,
        List.of(),
        Set.of(),
        new byte[0],
        spans,
        asked);
  }

  @ParameterizedTest
  @FieldSource("EVERYDAY")
  void anEverydayDocumentNeedsNoParser(String document) {
    byte[] bytes = document.getBytes(UTF_8);
    assertThat(new PlainDocument(true).read(bytes)).isTrue();
    same(bytes, true);
  }

  @Test
  void aCompletionsDocumentNeedsNone() {
    byte[] bytes =
        """
        {"id":"1","object":"text_completion","choices":[{"index":0,"text":" a","logprobs":null,"finish_reason":"length","stop_reason":null,"prompt_logprobs":null}],"usage":{"prompt_tokens":5,"total_tokens":6,"completion_tokens":1}}"""
            .getBytes(UTF_8);
    assertThat(new PlainDocument(false).read(bytes)).isTrue();
    assertThat(new PlainDocument(true).read(bytes)).isFalse();
    same(bytes, false);
  }

  @Test
  void whatIsReadIsWhatIsParsed() {
    Cases.times(40_000, random -> same(document(random), random.nextInt(4) > 0));
  }

  private static void same(byte[] document, boolean chat) {
    var read = new Given();
    ApiError wrong = new TextReading(request(chat), read).document(document);
    var parsed = new Given();
    ApiError expected = new TextReading(request(chat), parsed).parsed(document);
    String shown = new String(document, UTF_8);
    assertThat(wrong).as(shown).isEqualTo(expected);
    // The tokens and the end are told in any order.
    assertThat(read.all).as(shown).containsExactlyInAnyOrderElementsOf(parsed.all);
  }

  /** A document as it should be, or with some bytes of it changed, left out, doubled or moved. */
  private static byte[] document(RandomGenerator random) {
    List<String> from = random.nextInt(3) == 0 ? OTHER : EVERYDAY;
    var document = new StringBuilder(from.get(random.nextInt(from.size())));
    for (int i = random.nextInt(4); i > 0 && !document.isEmpty(); i--) {
      int at = random.nextInt(document.length());
      int to = Math.min(document.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> document.setCharAt(at, PIECES.charAt(random.nextInt(PIECES.length())));
        case 1 -> document.deleteCharAt(at);
        case 2 -> document.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
        case 3 -> document.insert(to, document.substring(at, to));
        default -> document.setLength(at);
      }
    }
    byte[] bytes = document.toString().getBytes(UTF_8);
    if (bytes.length > 0 && random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
