package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

/** What a request says of its answer's end, to the real model. */
@Tag("engine")
final class EndsEngineTest {
  /** The model's {@code <|im_end|>}: an answer to which this is added has no other token. */
  private static final int END = 2;

  /** Some token of text. */
  private static final int OTHER = 34;

  private static Engine engine;

  @RegisterExtension final Asker asker = new Asker();

  @BeforeAll
  static void begin() {
    engine = Engine.start(EngineParts.config(2, 1024, true));
  }

  @AfterAll
  static void end() {
    engine.close();
  }

  /**
   * Asks with a token that is as good as forced.
   *
   * @param members pairs of a name and its value
   */
  private Listener ask(int forced, int tokens, int choices, String... members)
      throws InterruptedException {
    var body = new ByteArrayOutputStream();
    List<Form> forms = new ArrayList<>();
    for (int i = 0; i < members.length; i += 2) {
      int from = body.size();
      body.writeBytes(members[i + 1].getBytes(UTF_8));
      forms.add(new Form(members[i], from, body.size()));
    }
    InferenceRequest request =
        Asker.chat(
            "Tell me about a cat.",
            new Sampling(1.0, 1.0, 0, 0.0, null, null, null, 3L, tokens),
            List.of(),
            Set.of(),
            body.toByteArray(),
            new Asked.Chat("", 0, choices, forms),
            new Odds(-1, List.of(new Odds.Bias(Integer.toString(forced), 100))));
    return asker.answer(engine, request);
  }

  private static void assertEnd(Listener heard, FinishReason why, int tokens) {
    assertThat(heard.error).isNull();
    assertThat(heard.reason).isEqualTo(why);
    assertThat(heard.usage.completionTokens()).isEqualTo(tokens);
  }

  @Test
  void theModelEndsItsAnswerWhereNothingIsSaid() throws InterruptedException {
    assertEnd(ask(END, 30, 1), FinishReason.STOP, 0);
    assertEnd(ask(END, 30, 1, "ignore_eos", "false"), FinishReason.STOP, 0);
    assertEnd(
        ask(END, 30, 1, "ignore_eos", "null", "min_tokens", "null", "stop_token_ids", "[]"),
        FinishReason.STOP,
        0);
  }

  @Test
  void itGoesOnToTheLimitWhereItsEndIsIgnored() throws InterruptedException {
    Listener heard = ask(END, 30, 1, "ignore_eos", "true");
    assertEnd(heard, FinishReason.LENGTH, 30);
    assertThat(heard.text()).isNotBlank();
  }

  @Test
  void noEndComesBeforeTheLeastTokens() throws InterruptedException {
    assertEnd(ask(END, 30, 1, "min_tokens", "7"), FinishReason.STOP, 7);
    assertEnd(ask(END, 30, 2, "min_tokens", "7"), FinishReason.STOP, 14);
    assertEnd(ask(END, 7, 1, "min_tokens", "7"), FinishReason.LENGTH, 7);
  }

  @Test
  void furtherTokensEndIt() throws InterruptedException {
    String tokens = "[5, " + OTHER + "]";
    Listener heard = ask(OTHER, 30, 1, "stop_token_ids", tokens);
    assertEnd(heard, FinishReason.STOP, 0);
    assertThat(heard.text()).isEmpty();
    assertEnd(ask(OTHER, 30, 1, "stop_token_ids", tokens, "min_tokens", "3"), FinishReason.STOP, 3);
    assertEnd(
        ask(OTHER, 30, 1, "stop_token_ids", tokens, "ignore_eos", "true"), FinishReason.STOP, 0);
  }

  @Test
  void aFormThatIsCompleteEndsItAllTheSame() throws InterruptedException {
    Listener heard = ask(END, 30, 1, "guided_choice", "[\"نعم\",\"لا\"]", "ignore_eos", "true");
    assertThat(heard.text()).isIn("نعم", "لا");
    assertThat(heard.reason).isEqualTo(FinishReason.STOP);
  }

  /** A token that the form wants and that may not end the answer yet: it stands there as text. */
  @Test
  void aFormMayWantATokenThatEndsTheAnswerLater() throws InterruptedException {
    StringBuilder all = new StringBuilder("[0");
    for (int token = 1; token < 1000; token++) {
      all.append(',').append(token);
    }
    String ends = all.append(']').toString();
    Listener heard =
        ask(END, 30, 1, "guided_regex", "\"[0-9]{5}\"", "stop_token_ids", ends, "min_tokens", "9");
    assertThat(heard.error).isNull();
    assertThat(heard.text()).matches("[0-9]{5}");
    Listener later =
        ask(END, 30, 1, "guided_regex", "\"[0-9]{5}\"", "stop_token_ids", ends, "min_tokens", "2");
    assertThat(later.text()).matches("[0-9]{2}");
    assertThat(later.reason).isEqualTo(FinishReason.STOP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ignore_eos|1",
        "ignore_eos|\"true\"",
        "min_tokens|-1",
        "min_tokens|1.5",
        "min_tokens|\"2\"",
        "min_tokens|31",
        "min_tokens|1e400",
        "stop_token_ids|2",
        "stop_token_ids|[-1]",
        "stop_token_ids|[\"a\"]",
        "stop_token_ids|[4294967298]",
        "stop_token_ids|[99999999]",
      })
  void whatIsWrongIsRefused(String member, String value) throws InterruptedException {
    ErrorFacts facts = Objects.requireNonNull(ask(END, 30, 1, member, value).error).facts();
    assertThat(facts.status()).isEqualTo(400);
    assertThat(facts.param()).isEqualTo(member);
  }
}
