package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.ErrorFacts;
import tayyar.api.InferenceRequest;
import tayyar.api.Sampling;
import tayyar.api.Source;
import tayyar.openai.OpenAiClients;
import tayyar.testing.TinyEmbedder;
import tayyar.testing.TinyEmbedder.Kind;
import tayyar.testing.TinyEmbedderByHand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Vectors of tiny models, beside those computed by hand. */
@Tag("engine")
@Timeout(120)
final class EmbeddingsEngineTest {
  private static final Offset<Double> NEAR = Offset.offset(2e-3);

  @RegisterExtension final Asker asker = new Asker();
  @TempDir private Path folder;

  private Engine engine(TinyEmbedder model, int context) throws IOException {
    return Engine.start(
        new EngineConfig(
            EngineParts.natives(),
            model.write(folder.resolve("tiny.gguf")),
            "vec",
            2,
            context,
            1,
            512,
            3,
            true,
            0,
            new Sampling(null, null, null, null, null, null, null, null, null)));
  }

  private static InferenceRequest request(String rest) {
    byte[] body = ("{\"model\":\"vec\"," + rest + "}").getBytes(UTF_8);
    return new OpenAiClients().read(Endpoint.EMBEDDINGS, body, Bounds.DEFAULT);
  }

  private Listener good(Engine engine, String rest) throws InterruptedException {
    Listener heard = asker.answer(engine, request(rest));
    assertThat(heard.error).isNull();
    return heard;
  }

  private ErrorFacts refused(Engine engine, String rest) throws InterruptedException {
    Listener heard = asker.answer(engine, request(rest));
    assertThat(heard.vectors).isEmpty();
    return Objects.requireNonNull(heard.error).facts();
  }

  private static List<Double> numbers(JsonNode vector) {
    List<Double> all = new ArrayList<>();
    if (vector.isString()) {
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(vector.asString()))
              .order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        all.add((double) bytes.getFloat());
      }
    }
    vector.forEach(number -> all.add(number.asDouble()));
    return all;
  }

  private static List<Double> numbers(String vector) {
    return numbers(JsonMapper.shared().readTree(vector));
  }

  private static void assertNear(String vector, double[] expected) {
    List<Double> found = numbers(vector);
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.get(i)).as("number %d", i).isCloseTo(expected[i], NEAR);
    }
    assertThat(found.stream().mapToDouble(v -> v * v).sum()).isCloseTo(1, Offset.offset(1e-5));
  }

  private static int[] around(TinyEmbedder model, String... pieces) {
    boolean bert = model.kind() != Kind.LLAMA_LAST;
    IntStream inside = List.of(pieces).stream().mapToInt(model::token);
    return IntStream.concat(
            IntStream.of(bert ? TinyEmbedder.CLS : 1),
            IntStream.concat(inside, IntStream.of(bert ? TinyEmbedder.SEP : 2)))
        .toArray();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BERT_RANK")
  void vectorsAreThoseComputedByHand(Kind kind) throws Exception {
    var model = new TinyEmbedder(kind);
    var byHand = new TinyEmbedderByHand(model);
    try (Engine engine = engine(model, 256)) {
      assertThat(engine.model().endpoints()).isEqualTo(Set.of(Endpoint.EMBEDDINGS));
      assertThat(engine.model().contextTokens()).isEqualTo(256);
      List<int[]> tokens = new ArrayList<>();
      for (int length : new int[] {1, 2, 7, 100, 256}) {
        int of = length;
        tokens.add(IntStream.range(0, length).map(i -> 5 + (i * 13 + of) % 40).toArray());
      }
      String all = JsonMapper.shared().writeValueAsString(tokens);
      Listener together = good(engine, "\"input\":" + all);
      assertThat(together.vectors).hasSize(tokens.size());
      assertThat(together.usage.promptTokens()).isEqualTo(366);
      assertThat(together.usage.completionTokens()).isZero();
      for (int i = 0; i < tokens.size(); i++) {
        double[] expected = byHand.vector(tokens.get(i), TinyEmbedder.WIDTH);
        assertNear(together.vectors.get(i), expected);
        String one = JsonMapper.shared().writeValueAsString(tokens.get(i));
        assertNear(good(engine, "\"input\":" + one).vectors.getFirst(), expected);
      }
      int[] two = tokens.get(2);
      String cut = "\"dimensions\":5,\"encoding_format\":\"base64\",\"user\":\"u\",\"input\":";
      Listener small = good(engine, cut + JsonMapper.shared().writeValueAsString(two));
      assertThat(small.vectors.getFirst()).startsWith("\"");
      assertNear(small.vectors.getFirst(), byHand.vector(two, 5));
    }
  }

  @Test
  void wordsHaveTheirPiecesAndWhatStandsAroundThem() throws Exception {
    var model = new TinyEmbedder(Kind.BERT_CLS);
    var byHand = new TinyEmbedderByHand(model);
    try (Engine engine = engine(model, 256)) {
      Listener heard = good(engine, "\"input\":[\"The rivers\",\"نهر\",\"[SEP]\"]");
      int[] rivers = around(model, "\u2581the", "\u2581river", "s");
      assertNear(heard.vectors.get(0), byHand.vector(rivers, TinyEmbedder.WIDTH));
      int[] arabic = around(model, "\u2581نهر");
      assertNear(heard.vectors.get(1), byHand.vector(arabic, TinyEmbedder.WIDTH));
      int[] separator = new int[] {TinyEmbedder.CLS, TinyEmbedder.SEP, TinyEmbedder.SEP};
      assertThat(numbers(heard.vectors.get(2)))
          .as("a control token's name is text")
          .isNotEqualTo(numbers(good(engine, "\"input\":" + json(separator)).vectors.getFirst()));
    }
  }

  private static String json(int[] tokens) {
    return JsonMapper.shared().writeValueAsString(tokens);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'dimensions':33,'input':'the'|invalid_value|dimensions",
        "'input':[[5],[5,59999]]|invalid_value|input[1]",
        "'input':[-1]|invalid_value|input",
        "'input':['the','LONG']|input_too_large|input[1]",
        "'input':'LONG'|input_too_large|input"
      })
  void whatTheModelCanNotDoIsRefusedWithItsPlace(String rest, String code, String place)
      throws Exception {
    try (Engine engine = engine(new TinyEmbedder(Kind.BERT_MEAN), 128)) {
      String asked = rest.replace('\'', '"').replace("LONG", "the ".repeat(127));
      ErrorFacts facts = refused(engine, asked);
      assertThat(facts.status()).isEqualTo(400);
      assertThat(facts.code()).isEqualTo(code);
      assertThat(facts.param()).isEqualTo(place);
      Asker.awaitIdle(engine);
      String longest = "\"input\":\"" + "the ".repeat(126) + "\"";
      assertThat(good(engine, longest).usage.promptTokens()).isEqualTo(128);
    }
  }

  private static String many(int count) {
    String text = "\"" + "the river runs down ".repeat(60) + "\"";
    return "\"input\":[" + String.join(",", Collections.nCopies(count, text)) + "]";
  }

  @Test
  void aSmallRequestDoesNotWaitForALargeOne() throws Exception {
    try (Engine engine = engine(new TinyEmbedder(Kind.BERT_MEAN), 256)) {
      var large = new Listener();
      asker.start(engine, request(many(1000)), large);
      Listener.await(large.first);
      Listener small = good(engine, "\"input\":[\"the river\",\"runs\"]");
      assertThat(small.vectors).hasSize(2);
      assertThat(large.vectors.size()).isLessThan(1000);
      large.awaitOver();
      assertThat(large.error).isNull();
      assertThat(large.vectors).hasSize(1000);
      assertThat(Set.copyOf(large.vectors)).hasSizeLessThan(10);
      assertThat(large.usage.promptTokens()).isEqualTo(242_000);
      Asker.awaitIdle(engine);
    }
  }

  @Test
  void aCancelledRequestIsGivenUpAndItsPlaceIsFree() throws Exception {
    try (Engine engine = engine(new TinyEmbedder(Kind.LLAMA_LAST), 256)) {
      List<Source> begun = new ArrayList<>();
      var first = new Listener();
      for (int i = 0; i < 5; i++) {
        var heard = i == 0 ? first : new Listener();
        begun.add(asker.start(engine, request(tokens(2000)), heard));
      }
      Listener.await(first.first);
      assertThat(refused(engine, "\"input\":\"the\"").code()).isEqualTo("queue_full");
      asker.loop.submit(() -> begun.forEach(Source::cancel)).get();
      int told = first.vectors.size();
      Asker.awaitIdle(engine);
      assertThat(first.vectors).hasSize(told);
      assertThat(told).isLessThan(2000);
      assertThat(good(engine, "\"input\":\"the\"").vectors).hasSize(1);
    }
  }

  private static String tokens(int count) {
    String text = json(IntStream.range(0, 250).map(i -> 3 + i % 250).toArray());
    return "\"input\":[" + String.join(",", Collections.nCopies(count, text)) + "]";
  }

  @Test
  void aModelThatRanksIsRefused() {
    assertThatThrownBy(() -> engine(new TinyEmbedder(Kind.BERT_RANK), 256))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("it ranks texts");
  }
}
