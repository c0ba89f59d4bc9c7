package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.api.ApiError;
import tayyar.openai.UsualChunkPropertiesTest.Given;
import tayyar.testing.Cases;

/** A chunk that is read without a parser gives what it gives when it is parsed. */
class PlainChunkPropertiesTest {
  /** As servers write them every day: none of these needs the parser. */
  static final List<String> EVERYDAY =
      List.of(
          // vLLM
          """
          {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":null},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null}""",
          """
          {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","choices":[{"index":0,"delta":{"content":"مرحبا"},"logprobs":null,"finish_reason":null,"token_ids":null}]}""",
          """
          {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":null}]}""",
          """
          {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","choices":[],"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":null}}""",
          // OpenAI
          """
          {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"aZ9"}""",
          """
          {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"m","system_fingerprint":null,"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}""",
          // llama.cpp
          """
          {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"word"}}],"created":1767225600,"id":"chatcmpl-1","model":"m","system_fingerprint":"b1","object":"chat.completion.chunk"}""",
          """
          {"choices":[{"finish_reason":"length","index":0,"delta":{}}],"created":1767225600,"id":"chatcmpl-1"}""",
          // Python's own way of writing JSON
          """
          {"id": "1", "choices": [{"index": 1, "delta": {"role": "assistant", "content": "a b"}, "finish_reason": null}], "usage": {"prompt_tokens": 0, "completion_tokens": 1}, "error": null}""",
          "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2},\"choices\":[{\"index\":0,\"delta\":{}}]}",
          "{\"choices\":[],\"x\":{\"y\":[],\"z\":{},\"w\":true}}",
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}",
          "{\"choices\":[],\"usage\":{}}",
          "{}");

  /** What needs it, and what is no chunk at all. */
  private static final List<String> OTHER =
      List.of(
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\nb\"}}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"a\"}}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"tool_calls\"}]}",
          "{\"choices\":[{\"index\":-1,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\"}]}",
          "{\"choices\":[{\"index\":99999999999,\"delta\":{\"content\":\"a\"}}]}",
          "{\"choices\":[{\"index\":1025,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
          "{\"choices\":[{\"index\":0,\"text\":\"a\",\"logprobs\":null,\"finish_reason\":\"stop\"}]}",
          "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},\"delta\":{\"content\":\"b\"}}]}",
          "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},\"text\":\"b\"}]}",
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":-3,\"completion_tokens\":2.5,\"prompt_tokens_details\":{\"cached_tokens\":null}}}",
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1,\"total_tokens\":9,\"completion_tokens_details\":{\"reasoning_tokens\":3}}}",
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"total_tokens\":9,\"input_tokens\":6}}",
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1},\"usage\":{\"completion_tokens\":2}}",
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":200000000,\"completion_tokens\":1}}",
          "{\"choices\":[{\"index\":0,\"delta\":{},\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}],\"x_groq\":{\"usage\":{\"completion_tokens\":2}}}",
          "{\"choices\":[{\"index\":0,\"delta\":{},\"error\":{\"code\":502}}]}",
          "{\"object\":\"error\",\"message\":\"no\",\"code\":400}",
          "{\"detail\":\"no\"}",
          "null",
          "{\"error\":{\"message\":\"no\"}}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"timings\":{\"predicted_ms\":1.5}}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"n\":[1,[2,{\"a\":[]}]]}",
          "[]",
          "",
          "{}\0",
          "{\"n\":17e7267225600}",
          "{\"error\":{\"n\":-1e-99999999999}}",
          "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}");

  private static final String PIECES = "{}[]\":,\\ 01.-eE+ntfu\t\n";

  @ParameterizedTest
  @FieldSource("EVERYDAY")
  void anEverydayChunkNeedsNoParser(String chunk) {
    byte[] bytes = chunk.getBytes(UTF_8);
    var reader = new PlainChunk(true);
    reader.introduced();
    assertThat(reader.read(bytes, 0, bytes.length)).isTrue();
    same(bytes, 0, bytes.length, true);
  }

  @Test
  void whatIsReadIsWhatIsParsed() {
    Cases.times(
        40_000,
        random -> {
          byte[] chunk = chunk(random);
          int from = random.nextInt(3);
          var bytes = new byte[from + chunk.length + random.nextInt(3)];
          System.arraycopy(chunk, 0, bytes, from, chunk.length);
          same(bytes, from, from + chunk.length, random.nextInt(4) > 0);
        });
  }

  @Test
  void chunksReadBeforeChangeNothing() {
    Cases.times(
        5_000,
        random -> {
          boolean chat = random.nextInt(4) > 0;
          var experienced = new PlainChunk(chat);
          for (int i = 0; i < 8; i++) {
            byte[] chunk = chunk(random);
            assertThat(said(experienced, chunk))
                .as(() -> new String(chunk, UTF_8))
                .isEqualTo(said(new PlainChunk(chat), chunk));
          }
        });
  }

  private static String said(PlainChunk reader, byte[] chunk) {
    if (!reader.read(chunk, 0, chunk.length)) {
      return "another form";
    }
    return "%s %d %d-%d %s %s"
        .formatted(
            reader.hasChoice(),
            reader.choice(),
            reader.textFrom(),
            reader.textTo(),
            reader.finish(),
            reader.hasUsage() ? reader.usage(new UsageReader()) : "no usage");
  }

  private static void same(byte[] bytes, int from, int to, boolean chat) {
    var parsed = new Given();
    ApiError expected = new ChunkReader(parsed, chat).readWhole(bytes, from, to);
    var read = new Given();
    ApiError wrong = new ChunkReader(read, chat).read(bytes, from, to);
    String chunk = new String(bytes, from, to - from, UTF_8);
    assertThat(wrong).as(chunk).isEqualTo(expected);
    // The tokens are told behind the text, wherever they stand.
    assertThat(texts(read)).as(chunk).isEqualTo(texts(parsed));
    assertThat(usage(read)).as(chunk).isEqualTo(usage(parsed));
  }

  private static List<String> texts(Given given) {
    return given.all.stream().filter(line -> !line.startsWith("Usage")).toList();
  }

  /** The last is the one that counts. */
  private static List<String> usage(Given given) {
    List<String> all = given.all.stream().filter(line -> line.startsWith("Usage")).toList();
    return all.isEmpty() ? all : List.of(all.getLast());
  }

  /** A chunk as it should be, or with some bytes of it changed, left out, doubled or moved. */
  private static byte[] chunk(RandomGenerator random) {
    List<String> from = random.nextInt(3) == 0 ? OTHER : EVERYDAY;
    var chunk = new StringBuilder(from.get(random.nextInt(from.size())));
    for (int i = random.nextInt(4); i > 0 && !chunk.isEmpty(); i--) {
      int at = random.nextInt(chunk.length());
      int to = Math.min(chunk.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> chunk.setCharAt(at, PIECES.charAt(random.nextInt(PIECES.length())));
        case 1 -> chunk.deleteCharAt(at);
        case 2 -> chunk.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
        case 3 -> chunk.insert(to, chunk.substring(at, to));
        default -> chunk.setLength(at);
      }
    }
    byte[] bytes = chunk.toString().getBytes(UTF_8);
    if (bytes.length > 0 && random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
