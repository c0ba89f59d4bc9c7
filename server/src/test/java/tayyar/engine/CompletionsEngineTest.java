package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.Bounds;
import tayyar.api.Continuation;
import tayyar.api.Endpoint;
import tayyar.api.ErrorFacts;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.JsonText;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.openai.OpenAiClients;
import tayyar.testing.TinyModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Texts that the real model goes on with. */
@Tag("engine")
final class CompletionsEngineTest {
  private static final String COUNTING = "\"One, two, three, four,\"";

  private static Engine engine;

  @RegisterExtension final Asker asker = new Asker();

  @BeforeAll
  static void begin() {
    engine = Engine.start(EngineParts.config(2, 256, true));
  }

  @AfterAll
  static void end() {
    engine.close();
  }

  private static InferenceRequest request(String rest) {
    byte[] body = ("{\"model\":\"m\",\"temperature\":0," + rest + "}").getBytes(UTF_8);
    return new OpenAiClients().read(Endpoint.COMPLETIONS, body, Bounds.DEFAULT);
  }

  private Listener answer(String rest) throws InterruptedException {
    return asker.answer(engine, request(rest));
  }

  private Listener good(String rest) throws InterruptedException {
    Listener heard = answer(rest);
    assertThat(heard.error).isNull();
    return heard;
  }

  private ErrorFacts refused(String rest) throws InterruptedException {
    return Objects.requireNonNull(answer(rest).error).facts();
  }

  private static String quoted(String text) {
    return '"' + new String(JsonText.escape(text), UTF_8) + '"';
  }

  @Test
  void aTextGoesOnForSixteenTokens() throws InterruptedException {
    Listener heard = good("\"prompt\":" + COUNTING);
    assertThat(heard.text()).startsWith(" five, six");
    assertThat(heard.reason).isEqualTo(FinishReason.LENGTH);
    assertThat(heard.usage.completionTokens()).isEqualTo(16);
    assertThat(good("\"max_tokens\":3,\"prompt\":" + COUNTING).usage.completionTokens())
        .isEqualTo(3);
    assertThat(good("\"max_tokens\":-1,\"prompt\":" + COUNTING).usage.completionTokens())
        .as("no limit but the context's")
        .isGreaterThan(16);
    Listener stopped = good("\"stop\":\", six\",\"prompt\":" + COUNTING);
    assertThat(stopped.text()).isEqualTo(" five");
  }

  @Test
  void tokensAreAPromptAsTheyAre() throws InterruptedException {
    Listener numbers = good("\"echo\":true,\"max_tokens\":5,\"prompt\":[34, 35,\n36]");
    String text = numbers.text().substring(0, 3);
    assertThat(text).matches("[!-~]{3}");
    Listener words = good("\"echo\":true,\"max_tokens\":5,\"prompt\":" + quoted(text));
    assertThat(words.usage.promptTokens()).isEqualTo(numbers.usage.promptTokens()).isEqualTo(3);
    assertThat(words.text()).isEqualTo(numbers.text());
  }

  @Test
  void ofSeveralPromptsEachHasItsAnswers() throws InterruptedException {
    String other = "\"The capital of France is\"";
    Listener heard = good("\"n\":2,\"prompt\":[" + COUNTING + "," + other + "]");
    Listener one = good("\"prompt\":" + COUNTING);
    Listener two = good("\"prompt\":" + other);
    assertThat(List.of(heard.text(0), heard.text(1))).containsOnly(one.text());
    assertThat(List.of(heard.text(2), heard.text(3))).containsOnly(two.text());
    assertThat(heard.reasons()).hasSize(4);
    assertThat(heard.usage.promptTokens())
        .isEqualTo(one.usage.promptTokens() + two.usage.promptTokens());
    assertThat(heard.usage.completionTokens()).isEqualTo(64);
  }

  @Test
  void namesOfControlTokensAreControlTokens() throws InterruptedException {
    assertThat(good("\"prompt\":\"<|im_start|>\"").usage.promptTokens()).isEqualTo(1);
    assertThat(good("\"prompt\":\"<|im_start|\"").usage.promptTokens()).isGreaterThan(2);
    String chat = "<|im_start|>user\nSay yes.<|im_end|>\n<|im_start|>assistant\n";
    assertThat(good("\"max_tokens\":200,\"prompt\":" + quoted(chat)).reason)
        .isEqualTo(FinishReason.STOP);
  }

  /** A token without text stands in the echo by its name, as where it is told of. */
  @Test
  void controlTokensAreEchoedByTheirNames() throws InterruptedException {
    Listener heard = good("\"echo\":true,\"logprobs\":0,\"max_tokens\":3,\"prompt\":[0,0,34]");
    assertThat(heard.text()).startsWith("<|endoftext|><|endoftext|>");
    List<String> lines = heard.lines(0);
    List<String> places = new ArrayList<>();
    for (int i = 3; i < lines.size(); i += 4) {
      places.add(lines.get(i));
    }
    assertThat(places.subList(0, 4)).containsExactly("0", "13", "26", "27");
  }

  @Test
  void theEchoIsToldAsTheAnswerIs() throws InterruptedException {
    String prompt = "Who said: «سلام» 😀?\nI said so, and";
    Listener made = good("\"logprobs\":2,\"max_tokens\":6,\"prompt\":" + quoted(prompt));
    String whole = prompt + made.text();
    Listener echo =
        good("\"echo\":true,\"logprobs\":2,\"max_tokens\":0,\"prompt\":" + quoted(whole));
    assertThat(echo.text()).isEqualTo(whole);
    assertThat(echo.reason).isEqualTo(FinishReason.LENGTH);
    assertThat(echo.usage.completionTokens()).isZero();
    List<String> all = echo.lines(0);
    assertThat(all).hasSize(4 * echo.usage.promptTokens());
    assertThat(all.subList(1, 4)).containsExactly("null", "null", "0");
    List<String> last = all.subList(all.size() - 24, all.size());
    List<String> made4 = made.lines(0);
    assertThat(made4).hasSize(24);
    for (int i = 0; i < 24; i += 4) {
      assertThat(last.get(i)).isEqualTo(made4.get(i));
      assertThat(Double.parseDouble(last.get(i + 1)))
          .isCloseTo(Double.parseDouble(made4.get(i + 1)), Offset.offset(0.2));
      int before = prompt.codePointCount(0, prompt.length());
      assertThat(Integer.parseInt(last.get(i + 3)))
          .isEqualTo(before + Integer.parseInt(made4.get(i + 3)));
    }
  }

  @Test
  void placesOfTokensAreThoseInTheText() throws InterruptedException {
    Listener heard =
        good("\"echo\":true,\"logprobs\":0,\"max_tokens\":8,\"prompt\":\"one 😀 two\"");
    List<String> lines = heard.lines(0);
    int[] text = heard.text().codePoints().toArray();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += 4) {
      String token = JsonMapper.shared().readValue(lines.get(i), String.class);
      int at = Integer.parseInt(lines.get(i + 3));
      places.add(at);
      if (!token.contains("\uFFFD")) {
        assertThat(new String(text, at, token.codePointCount(0, token.length()))).isEqualTo(token);
      }
      JsonNode best = JsonMapper.shared().readTree(lines.get(i + 2));
      assertThat(i == 0 ? best.isNull() : best.size() == 1).isTrue();
    }
    assertThat(places).isSorted().hasSize(heard.usage.totalTokens());
  }

  @Test
  void formsAreHeldHereToo() throws InterruptedException {
    assertThat(good("\"guided_regex\":\"[0-9]{3}-أ\",\"prompt\":\"A number: \"").text())
        .matches("[0-9]{3}-أ");
    String format = "\"response_format\":{\"type\":\"json_object\"}";
    assertThat(good(format + ",\"max_tokens\":4,\"prompt\":\"x\"").text()).startsWith("{");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"prompt\":[1,49152]|invalid_value|prompt",
        "\"prompt\":[-1]|invalid_value|prompt",
        "\"prompt\":[[1],[99999999999]]|invalid_value|prompt[1]",
        "\"prompt\":\"a\",\"suffix\":\"b\"|invalid_value|suffix",
        "\"prompt\":\"a\",\"suffix\":\"b\",\"echo\":true|invalid_value|echo",
        "\"prompt\":\"a\",\"best_of\":2|unsupported_by_model|best_of",
        "\"prompt\":\"a\",\"logprobs\":21|invalid_value|logprobs",
        "\"prompt\":\"a\",\"n\":19|invalid_value|n",
        "\"prompt\":\"a\",\"guided_json\":{\"not\":{}}|invalid_value|guided_json.not",
      })
  void whatCannotBeDoneIsRefusedWithItsPlace(String rest, String code, String param)
      throws InterruptedException {
    ErrorFacts facts = refused(rest);
    assertThat(facts.status()).isEqualTo(400);
    assertThat(facts.code()).isEqualTo(code);
    assertThat(facts.param()).isEqualTo(param);
  }

  @Test
  void answersTellOfTheEngineAndItsModel() throws InterruptedException {
    String name = good("\"prompt\":\"a\"").fingerprint;
    assertThat(name).matches("\"fp_[0-9a-f]{12}\"");
    assertThat(good("\"prompt\":\"b\"").fingerprint).isEqualTo(name);
  }

  @Test
  void whatDoesNotFitIsRefused() throws InterruptedException {
    String words = "\"prompt\":[\"a\",\"" + "word ".repeat(300) + "\"]";
    assertThat(refused(words).code()).isEqualTo("context_length_exceeded");
    assertThat(refused(words).param()).isEqualTo("prompt[1]");
    String numbers = "\"prompt\":[" + "34,".repeat(256) + "34]";
    assertThat(refused(numbers).code()).isEqualTo("context_length_exceeded");
    assertThat(refused(numbers).param()).isEqualTo("prompt");
    assertThat(good("\"prompt\":\"a\"").text()).isNotEmpty();
  }

  @Test
  void aGapIsFilledInWhereTheVocabularyHasTheMarks(@TempDir Path folder) throws Exception {
    String template = "{% for m in messages %}{{ m.content }}{% endfor %}";
    List<TinyModel.Piece> marks = new ArrayList<>();
    for (String mark : List.of("<PRE>", "<SUF>", "<MID>")) {
      marks.add(new TinyModel.Piece(mark, TinyModel.CONTROL));
    }
    Path file = TinyModel.write(folder.resolve("fim.gguf"), template, true, marks);
    var model = new LoadedModel(new Llama(EngineParts.natives()), file);
    try {
      int last = model.vocabulary().size() - 1;
      var prompts = new RawPrompts(model, 64);
      int[] tokens = tokens(prompts, "\"prompt\":\"a<MID>\",\"suffix\":\"<s>\"");
      assertThat(tokens[0]).isEqualTo(model.vocabulary().bos());
      assertThat(tokens[1]).isEqualTo(last - 2);
      assertThat(tokens[tokens.length - 1]).isEqualTo(last);
      assertThat(tokens).containsOnlyOnce(last, last - 1, model.vocabulary().bos());
      assertThat(tokens(prompts, "\"prompt\":[5,6],\"suffix\":\"a\""))
          .startsWith(model.vocabulary().bos(), last - 2, 5, 6, last - 1);
      assertThat(tokens(prompts, "\"prompt\":\"a<MID>\"")).endsWith(last);
      assertThatThrownBy(
              () -> tokens(prompts, "\"prompt\":\"a\",\"suffix\":\"" + "b".repeat(80) + "\""))
          .isInstanceOf(Refused.class);
    } finally {
      model.free();
    }
  }

  private static int[] tokens(RawPrompts prompts, String rest) {
    InferenceRequest asked = request(rest);
    var completion = (InferenceRequest.Asked.Completion) asked.asked();
    Continuation its = completion.its();
    return prompts.of(asked, its, Room.ENDLESS).getFirst().tokens();
  }
}
