package tayyar.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Usage;
import tayyar.openai.OpenAiClients;
import tayyar.testing.Cases;
import tayyar.testing.QuietSink;
import tayyar.wire.SseSplitter;

/** What is read in one pass is what is read as a tree. */
final class PlainContentPropertiesTest {
  /** Writes down what it is told. */
  private static final class Written extends QuietSink {
    final List<String> all = new ArrayList<>();

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      all.add(choice + " " + kind + " " + JsonText.unescape(json, from, to));
    }

    @Override
    public void part(int choice, Part part) {
      all.add(choice + " " + part.getClass());
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      all.add(choice + " " + reason);
    }

    @Override
    public void usage(Usage usage) {
      all.add(usage.toString());
    }
  }

  private static InferenceRequest request() {
    String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    return new OpenAiClients().read(Endpoint.CHAT, body.getBytes(UTF_8), Bounds.DEFAULT);
  }

  /** Reads all chunks; a member that nobody knows makes a tree of each. */
  private static List<String> read(List<String> chunks, String more) {
    var sink = new Written();
    var reading = new ContentReading(request(), sink);
    for (String chunk : chunks) {
      byte[] bytes = ("#" + chunk.replaceFirst("}$", more + "}") + "#").getBytes(UTF_8);
      assertThat(reading.event(SseSplitter.Name.USUAL, bytes, 1, bytes.length - 1)).isNull();
    }
    return sink.all;
  }

  @Test
  void oneReadingIsLikeTheOther() {
    Cases.times(
        2_000,
        random -> {
          List<String> chunks = new ArrayList<>();
          boolean wide = random.nextBoolean();
          for (int left = 1 + random.nextInt(12); left > 0; left--) {
            String chunk = chunk(random);
            chunks.add(wide ? chunk.replace("\":", "\": ").replace(",\"", ",\n \"") : chunk);
          }
          assertThat(read(chunks, "")).isEqualTo(read(chunks, ",\"odd\":[1]"));
        });
  }

  private static String chunk(RandomGenerator random) {
    String text =
        Cases.one(random, "word ", "نهر", "🙂", "\\n\\\"\\\\", "\\u003c", "", "a,b", "\\/", "}]}");
    String part =
        Cases.one(
            random,
            "{\"text\":\"" + text + "\"}",
            "{\"text\":\"" + text + "\"}",
            "{\"text\":\"" + text + "\"}",
            "{\"text\":\"" + text + "\",\"thought\":true}",
            "{\"thought\":true,\"text\":\"" + text + "\"}",
            "{\"thought\":false,\"text\":\"" + text + "\"}",
            "{\"text\":\"" + text + "\",\"thoughtSignature\":\"c2ln\"}",
            "{\"text\":\"" + text + "\"},{\"text\":\"" + text + "\"}",
            "{\"functionCall\":{\"id\":\"i\",\"name\":\"f\",\"args\":{\"text\":\"x\"}}}",
            "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"aGk=\"}}",
            "");
    String more =
        Cases.one(
            random,
            ",\"index\":0",
            ",\"index\":0",
            ",\"index\":0",
            "",
            ",\"index\":1",
            ",\"finishReason\":\"STOP\",\"index\":0",
            ",\"safetyRatings\":[]");
    String content = "{\"parts\":[" + part + "],\"role\":\"model\"}";
    String candidates = "\"candidates\":[{\"content\":" + content + more + "}]";
    String behind = Cases.one(random, "", ",\"modelVersion\":\"m\",\"responseId\":\"r\"");
    String usage = usage(random);
    return random.nextInt(8) == 0 && !usage.isEmpty()
        ? "{" + usage + "," + candidates + behind + "}"
        : "{" + candidates + (usage.isEmpty() ? "" : "," + usage) + behind + "}";
  }

  private static String usage(RandomGenerator random) {
    int written = random.nextInt(1_000);
    return Cases.one(
        random,
        "",
        "\"usageMetadata\":{}",
        "\"usageMetadata\":{\"promptTokenCount\":9}",
        "\"usageMetadata\":{\"candidatesTokenCount\":%d,\"candidatesTokenCount\":7}"
            .formatted(written),
        "\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":%d}".formatted(written),
        "\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":1%de2}"
            .formatted(written % 10),
        "\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":%d.0}"
            .formatted(written),
        "\"usageMetadata\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,"
            + "\"candidatesTokenCount\":%d}".formatted(written),
        "\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":%d,\"totalTokenCount\":%d}"
            .formatted(written, 9 + written),
        "\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":%d,\"totalTokenCount\":%d,"
                .formatted(written, 12 + written)
            + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":9}],\"thoughtsTokenCount\":3,"
            + "\"cachedContentTokenCount\":4,\"trafficType\":\"ON_DEMAND\"}");
  }
}
