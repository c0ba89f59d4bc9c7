package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ErrorFacts;
import tayyar.api.Feature;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.Odds;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Source;
import tayyar.testing.TinyModel;
import tools.jackson.databind.json.JsonMapper;

/** Answers of the real model that are held to a form; hot, so that it would write anything. */
@Tag("engine")
final class FormsEngineTest {
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

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

  private static InferenceRequest ask(
      String member, String json, double hot, double repeat, int tokens, String... stops) {
    byte[] body = json.getBytes(UTF_8);
    return Asker.chat(
        "Tell me about a cat. Answer as JSON.",
        new Sampling(hot, 1.0, 0, 0.0, repeat, null, null, 3L, tokens),
        List.of(stops),
        Set.of(Feature.RESPONSE_FORMAT),
        body,
        new Asked.Chat("", 0, 1, List.of(new Form(member, 0, body.length))),
        Odds.NONE);
  }

  private static InferenceRequest schema(String schema, double hot, double repeat) {
    String json =
        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"strict\":true,\"schema\":"
            + schema
            + "}}";
    return ask("response_format", json, hot, repeat, 600);
  }

  private Listener answer(InferenceRequest request) throws InterruptedException {
    return asker.answer(engine, request);
  }

  private static void assertValid(String schema, Listener heard) {
    assertThat(heard.error).isNull();
    assertThat(heard.reason).isEqualTo(FinishReason.STOP);
    assertThat(JUDGE.getSchema(schema).validate(heard.text(), InputFormat.JSON))
        .as(heard.text())
        .isEmpty();
  }

  private static final String CAT =
      "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":20},"
          + "\"age\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":30},"
          + "\"لون\":{\"enum\":[\"أسود\",\"أبيض\"]}},"
          + "\"required\":[\"name\",\"age\",\"لون\"],\"additionalProperties\":false}";
  private static final String LIST =
      "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^[a-z]{2,9}$\"},"
          + "\"minItems\":2,\"maxItems\":3}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        CAT,
        LIST,
        "{\"type\":\"object\",\"properties\":{\"born\":{\"type\":\"string\",\"format\":\"date\"},"
            + "\"weight\":{\"type\":\"number\",\"minimum\":0.5,\"maximum\":9.5},"
            + "\"mood\":{\"anyOf\":[{\"type\":\"null\"},{\"const\":\"نعسان\"}]}},"
            + "\"required\":[\"born\",\"weight\",\"mood\"]}",
        "{\"enum\":[\"قطة صغيرة\",\"\\\"quoted\\\"\",\"😀\"]}"
      })
  void whatItWritesIsValidHoweverHot(String schema) throws InterruptedException {
    assertValid(schema, answer(schema(schema, 2.0, 1.0)));
    assertValid(schema, answer(schema(schema, 2.0, 1.3)));
    assertValid(schema, answer(schema(schema, 0.0, 1.0)));
  }

  @Test
  void twoAtOnceKeepTheirOwnForms() throws InterruptedException {
    var one = new Listener();
    var two = new Listener();
    asker.start(engine, schema(CAT, 2.0, 1.0), one);
    asker.start(engine, schema(LIST, 2.0, 1.0), two);
    one.awaitOver();
    two.awaitOver();
    assertValid(CAT, one);
    assertValid(LIST, two);
  }

  @Test
  void anyObjectIsCutByTheLimitAlone() throws InterruptedException {
    String object = "{\"type\":\"json_object\"}";
    Listener cut = answer(ask("response_format", object, 0.8, 1.0, 4));
    assertThat(cut.reason).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.text()).startsWith("{");
    Listener whole = answer(ask("response_format", object, 0.0, 1.0, 700));
    if (whole.reason == FinishReason.STOP) {
      assertThat(JsonMapper.shared().readTree(whole.text()).isObject()).isTrue();
    } else {
      assertThat(whole.reason).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void aStopStringEndsItAsEver() throws InterruptedException {
    Listener heard = answer(ask("guided_regex", "\"[a-c]{5}x[a-c]{5}\"", 1.0, 1.0, 100, "x"));
    assertThat(heard.text()).matches("[a-c]{5}");
    assertThat(heard.reason).isEqualTo(FinishReason.STOP);
  }

  @Test
  void vllmsAndLlamasFormsAreHeld() throws InterruptedException {
    assertThat(answer(ask("guided_choice", "[\"نعم\",\"لا\"]", 2, 1, 50)).text()).isIn("نعم", "لا");
    assertThat(answer(ask("guided_regex", "\"\\\\d{3}-[أ-ي]{2}\"", 2, 1, 50)).text())
        .matches(Pattern.compile("[0-9]{3}-[أ-ي]{2}"));
    String grammar = "\"root ::= (\\\"a\\\" | b){3}\\nb ::= [x-z]+ \\\"!\\\"\"";
    assertThat(answer(ask("grammar", grammar, 1, 1, 400)).text()).matches("(a|[x-z]+!){3}");
    String outputs = "{\"json\":" + LIST + "}";
    assertValid(LIST, answer(ask("structured_outputs", outputs, 2, 1, 200)));
    assertValid(CAT, answer(ask("guided_json", CAT, 2, 1, 400)));
    assertValid(LIST, answer(ask("json_schema", LIST, 2, 1, 200)));
    assertThat(answer(ask("regex", "\"[a-c]{3}\"", 2, 1, 50)).text()).matches("[a-c]{3}");
    assertThat(answer(ask("ebnf", grammar, 1, 1, 400)).text()).matches("(a|[x-z]+!){3}");
    String beside = "{\"type\":\"json_object\",\"schema\":" + LIST + "}";
    assertValid(LIST, answer(ask("response_format", beside, 2, 1, 200)));
  }

  /** At once, or behind a text that it can write; nobody else's request suffers from it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "guided_choice | [\"نعم\"]",
        "structured_outputs | {\"choice\":[\"no, لا\"]}",
      })
  void whatTheModelHasNoTokenForIsTheRequestsFault(String member, String form, @TempDir Path folder)
      throws Exception {
    Path file =
        TinyModel.writeAscii(
            folder.resolve("ascii.gguf"), "{% for m in messages %}{{ m.content }}{% endfor %}");
    EngineConfig usual = EngineParts.config(1, 2048, false);
    var config =
        new EngineConfig(
            usual.natives(), file, "ascii", 1, 2048, 1, 512, 4, false, 0, Sampling.NONE);
    try (Engine ascii = Engine.start(config)) {
      Listener heard = asker.answer(ascii, ask(member, form, 1, 1, 50));
      ErrorFacts facts = Objects.requireNonNull(heard.error, heard.text()).facts();
      assertThat(facts.status()).isEqualTo(400);
      assertThat(facts.param()).isEqualTo(member);
      Listener yes = asker.answer(ascii, ask("guided_choice", "[\"yes\"]", 1, 1, 50));
      assertThat(yes.text()).isEqualTo("yes");
    }
  }

  @Test
  void whatCantBeHeldIsRefusedWithItsPlace() throws InterruptedException {
    Listener heard = answer(schema("{\"type\":\"string\",\"not\":{}}", 1, 1));
    ErrorFacts facts = Objects.requireNonNull(heard.error).facts();
    assertThat(facts.status()).isEqualTo(400);
    assertThat(facts.param()).isEqualTo("response_format.json_schema.schema.not");
    for (String schema : List.of("7", "{\"type\":\"string\",\"not\":{}}")) {
      String beside = "{\"type\":\"json_object\",\"schema\":" + schema + "}";
      Listener refused = answer(ask("response_format", beside, 1, 1, 10));
      assertThat(Objects.requireNonNull(refused.error).facts().param())
          .startsWith("response_format.schema");
    }
  }

  /** What changes an answer at other servers, and can't here, is not passed over. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bad_words|[\"a\"]|[]",
        "allowed_token_ids|[34]|null",
        "use_beam_search|true|false",
        "include_stop_str_in_output|true|false",
        "truncate_prompt_tokens|5|null",
        "prompt_logprobs|0|null",
        "chat_template|\"x\"|null",
        "structural_tag|{\"a\":1}|null",
        "web_search_options|{}|null",
      })
  void whatCantBeFollowedIsRefused(String member, String value, String nothing)
      throws InterruptedException {
    ErrorFacts facts = Objects.requireNonNull(answer(ask(member, value, 1, 1, 5)).error).facts();
    assertThat(facts.status()).isEqualTo(400);
    assertThat(facts.param()).isEqualTo(member);
    assertThat(answer(ask(member, nothing, 1, 1, 5)).error).isNull();
  }

  /** What asks for nothing elsewhere is no form where one is to be held. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"guided_choice|[]", "guided_regex|false", "grammar|0", "regex|[]", "ebnf|false"})
  void anEmptyFormIsRefused(String member, String value) throws InterruptedException {
    ErrorFacts facts = Objects.requireNonNull(answer(ask(member, value, 1, 1, 5)).error).facts();
    assertThat(facts.param()).isEqualTo(member);
  }

  /** Of a request that waits for its turn, too. */
  @Test
  void aFormsMemoryIsDrawnOnTheRequestsRoom() throws InterruptedException {
    String choice = "[\"" + "ab".repeat(2_000) + "\",\"no\"]";
    var few = new Listener();
    Room small =
        new Room() {
          @Override
          public boolean take(long bytes) {
            return bytes < 4_096;
          }

          @Override
          public void give(long bytes) {}
        };
    asker.start(engine, ask("guided_choice", choice, 1, 1, 5), small, few);
    few.awaitOver();
    assertThat(Objects.requireNonNull(few.error).code()).isEqualTo("memory_full");

    var all = new AtomicLong();
    Room counted =
        new Room() {
          @Override
          public boolean take(long bytes) {
            all.addAndGet(bytes);
            return true;
          }

          @Override
          public void give(long bytes) {
            all.addAndGet(-bytes);
          }
        };
    var heard = new Listener();
    asker.start(engine, ask("guided_choice", choice, 1, 1, 5), counted, heard);
    heard.awaitOver();
    assertThat(heard.error).isNull();
    assertThat(all.get()).isBetween(4_000L * 20, 4_000L * 100);
  }

  @Test
  void oneThatIsCancelledLeavesNothing() throws InterruptedException {
    var listener = new Listener();
    String endless = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":900}";
    Source source = asker.start(engine, schema(endless, 1, 1), listener);
    Listener.await(listener.tenth);
    asker.loop.execute(source::cancel);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> engine.stats().equals(new Engine.Stats(2, 0, 0)));
    assertValid(CAT, answer(schema(CAT, 1, 1)));
  }
}
