package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.ErrorFacts;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.Odds;
import tayyar.api.Sampling;
import tools.jackson.databind.JsonNode;

/** Probabilities and biases of the real model's tokens. */
@Tag("engine")
final class OddsEngineTest {
  private static Engine engine;

  @RegisterExtension final Asker asker = new Asker();

  @BeforeAll
  static void begin() {
    engine = Engine.start(EngineParts.config(2, 512, false));
  }

  @AfterAll
  static void end() {
    engine.close();
  }

  private static InferenceRequest ask(Odds odds, double hot, int tokens, String... stops) {
    return formed(odds, hot, tokens, "null", stops);
  }

  private static InferenceRequest formed(
      Odds odds, double hot, int tokens, String regex, String... stops) {
    byte[] body = regex.getBytes(UTF_8);
    return Asker.chat(
        "Tell me about a cat.",
        new Sampling(hot, 1.0, 0, 0.0, 1.0, null, null, 5L, tokens),
        List.of(stops),
        Set.of(),
        body,
        new Asked.Chat("", 0, 1, List.of(new Form("guided_regex", 0, body.length))),
        odds);
  }

  private Listener answer(InferenceRequest request) throws InterruptedException {
    return asker.answer(engine, request);
  }

  private static Odds told(int best) {
    return new Odds(best, List.of());
  }

  private static byte[] bytes(JsonNode entry) {
    var out = new ByteArrayOutputStream();
    entry.path("bytes").forEach(one -> out.write(one.asInt()));
    return out.toByteArray();
  }

  private static byte[] allBytes(Listener heard) {
    var out = new ByteArrayOutputStream();
    heard.told().forEach(entry -> out.writeBytes(bytes(entry)));
    return out.toByteArray();
  }

  @Test
  void eachTokenIsToldWithTheLikeliestInItsPlace() throws InterruptedException {
    Listener heard = answer(ask(told(5), 0, 24));
    assertThat(heard.error).isNull();
    assertThat(heard.told().size()).isEqualTo(heard.usage.completionTokens());
    assertThat(allBytes(heard)).isEqualTo(heard.text().getBytes(UTF_8));
    for (JsonNode entry : heard.told()) {
      List<Double> best = new ArrayList<>();
      entry.path("top_logprobs").forEach(one -> best.add(one.path("logprob").asDouble()));
      assertThat(best).hasSize(5).isSortedAccordingTo((a, b) -> Double.compare(b, a));
      assertThat(best.stream().mapToDouble(Math::exp).sum()).isBetween(0.01, 1.0001);
      assertThat(entry.path("top_logprobs").path(0).path("token")).isEqualTo(entry.path("token"));
      assertThat(entry.path("logprob").asDouble()).isEqualTo(best.getFirst());
    }
  }

  @Test
  void allOfThemTogetherAreCertain() throws InterruptedException {
    // Twenty alternatives of a sure place leave hardly anything over.
    Listener heard = answer(ask(told(20), 0, 40));
    double most =
        IntStream.range(0, heard.told().size())
            .mapToDouble(i -> sum(heard.told().path(i).path("top_logprobs")))
            .max()
            .orElseThrow();
    assertThat(most).isBetween(0.97, 1.0001);
  }

  private static double sum(JsonNode best) {
    double sum = 0;
    for (JsonNode one : best) {
      sum += Math.exp(one.path("logprob").asDouble());
    }
    return sum;
  }

  @Test
  void theyAreTheModelsBeforeTemperatureFormAndBias() throws InterruptedException {
    JsonNode plain = first(ask(told(4), 0, 1));
    JsonNode hot = first(ask(told(4), 2, 1));
    JsonNode formed = first(formed(told(4), 1, 1, "\"[ق-ي]{3}\""));
    JsonNode biased = first(ask(new Odds(4, List.of(new Odds.Bias("12", 100))), 1, 1));
    assertThat(hot.path("top_logprobs")).isEqualTo(plain.path("top_logprobs"));
    assertThat(formed.path("top_logprobs")).isEqualTo(plain.path("top_logprobs"));
    assertThat(biased.path("top_logprobs")).isEqualTo(plain.path("top_logprobs"));
    assertThat(formed.path("logprob").asDouble()).isLessThan(-5);
  }

  private JsonNode first(InferenceRequest request) throws InterruptedException {
    Listener heard = answer(request);
    assertThat(heard.error).isNull();
    assertThat(heard.told().size()).isEqualTo(1);
    return heard.told().path(0);
  }

  @Test
  void noneIsToldUnlessAsked() throws InterruptedException {
    assertThat(answer(ask(Odds.NONE, 0, 3)).told().size()).isZero();
    JsonNode alone = first(ask(told(0), 0, 1));
    assertThat(alone.path("top_logprobs").isArray()).isTrue();
    assertThat(alone.path("top_logprobs").size()).isZero();
  }

  @Test
  void tokensThatEndWithinACharacterHaveTheirBytes() throws InterruptedException {
    Listener heard = answer(formed(told(0), 2, 60, "\"[ق-ي]{4}😀\""));
    assertThat(heard.reason).isEqualTo(FinishReason.STOP);
    assertThat(allBytes(heard)).isEqualTo(heard.text().getBytes(UTF_8));
    assertThat(heard.told().size()).isEqualTo(heard.usage.completionTokens());
    for (JsonNode entry : heard.told()) {
      assertThat(entry.path("token").asString()).isEqualTo(new String(bytes(entry), UTF_8));
    }
    assertThat(heard.told().toString()).contains("\uFFFD");
  }

  @Test
  void ofAStopStringNothingIsTold() throws InterruptedException {
    String all = answer(ask(told(0), 0, 30)).text();
    String stop = all.substring(21, 30);
    Listener heard = answer(ask(told(0), 0, 30, stop));
    String shown = all.substring(0, all.indexOf(stop));
    assertThat(heard.text()).isEqualTo(shown);
    byte[] told = allBytes(heard);
    assertThat(new String(told, UTF_8)).startsWith(shown);
    int last = bytes(heard.told().path(heard.told().size() - 1)).length;
    assertThat(told.length - last).as("the last begins in the text").isLessThan(shown.length());
  }

  @Test
  void aBiasForcesAndForbidsTokens() throws InterruptedException {
    Listener forced = answer(ask(new Odds(0, List.of(new Odds.Bias("34", 100))), 1.5, 6));
    assertThat(forced.text()).matches("([!-~])\\1{5}");
    assertThat(forced.told().size()).isEqualTo(6);
    // The vocabulary has the letters of ASCII in their order.
    int a = 34 + 'a' - forced.text().charAt(0);
    String letter = answer(formed(Odds.NONE, 0, 1, "\"[abc]x\"")).text();
    int likeliest = a + letter.charAt(0) - 'a';
    Odds without = new Odds(-1, List.of(new Odds.Bias(Integer.toString(likeliest), -100)));
    String other = answer(formed(without, 0, 1, "\"[abc]x\"")).text();
    assertThat(other).matches("[abc]").isNotEqualTo(letter);
  }

  @ParameterizedTest
  @CsvSource({"49152,1", "-1,1", "x,1", "1.5,1", "1,100.5", "1,-101", "1,NaN", "99999999999,1"})
  void aBiasOfNoTokenOrNoNumberIsRefused(String token, double value) throws InterruptedException {
    assertRefused(List.of(new Odds.Bias(token, value)));
  }

  @Test
  void tooManyBiasesAreRefused() throws InterruptedException {
    List<Odds.Bias> many = new ArrayList<>();
    for (int token = 0; token <= Odds.BIASES_MAX; token++) {
      many.add(new Odds.Bias(Integer.toString(token), 1));
    }
    assertRefused(many);
  }

  private void assertRefused(List<Odds.Bias> biases) throws InterruptedException {
    Listener heard = answer(ask(new Odds(-1, biases), 0, 1));
    ErrorFacts facts = Objects.requireNonNull(heard.error).facts();
    assertThat(facts.status()).isEqualTo(400);
    assertThat(facts.param()).isEqualTo("logit_bias");
    assertThat(heard.text()).isEmpty();
  }
}
