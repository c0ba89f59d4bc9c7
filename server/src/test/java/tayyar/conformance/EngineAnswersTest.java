package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the engine tells and takes besides text, through worker, gateway and sockets. */
@Tag("engine")
@Timeout(180)
final class EngineAnswersTest {
  private static final String POEM = "Write a poem about the sea.";

  @RegisterExtension
  static final TestEngine ENGINE = TestEngine.usual("--no-prefix-cache", "--queue", "20");

  private static Response streamed(ObjectNode body) throws IOException {
    Response response = ENGINE.chat(body);
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.events().error().isMissingNode()).isTrue();
    return response;
  }

  private static JsonNode whole(ObjectNode body) throws IOException {
    ObjectNode asked = body.deepCopy();
    asked.remove("stream_options");
    Response response = ENGINE.chat(asked.put("stream", false));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return response.json();
  }

  @Test
  void probabilitiesAreToldStreamedAndWhole() throws IOException {
    ObjectNode body = TestEngine.question(POEM, 12).put("logprobs", true).put("top_logprobs", 2);
    JsonNode answer = whole(body).at("/choices/0");
    ArrayNode told = JsonMapper.shared().createArrayNode();
    StringBuilder text = new StringBuilder();
    for (JsonNode chunk : streamed(body).events().chunks()) {
      JsonNode choice = chunk.path("choices").path(0);
      StringBuilder tokens = new StringBuilder();
      for (JsonNode entry : choice.path("logprobs").path("content")) {
        told.add(entry);
        tokens.append(entry.path("token").asString());
      }
      String piece = choice.path("delta").path("content").asString("");
      assertThat(piece).as("tokens go with their text").isEqualTo(tokens.toString());
      text.append(piece);
    }
    assertThat(text.toString()).isEqualTo(answer.at("/message/content").asString());
    assertThat(told).hasSize(12).isEqualTo(answer.at("/logprobs/content"));
    assertThat(answer.at("/logprobs/refusal").isNull()).isTrue();
    assertThat(told.path(0).path("top_logprobs").size()).isEqualTo(2);
  }

  @Test
  void biasesCountAndWrongOnesAreRefused() throws IOException {
    ObjectNode body = TestEngine.question(POEM, 4);
    body.putObject("logit_bias").put("34", 100);
    assertThat(streamed(body).events().content()).matches("(.)\\1{3}");

    body.putObject("logit_bias").put("70000", 1);
    Response refused = ENGINE.chat(body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error().path("param").asString()).isEqualTo("logit_bias");
    assertThat(ENGINE.row(refused).outcome()).isEqualTo("failed");
  }

  @Test
  void severalAnswersComeAtOnceStreamedAndWhole() throws IOException {
    ObjectNode body = TestEngine.question(POEM, 9).put("n", 3).put("temperature", 1.2);
    JsonNode answer = whole(body);
    List<String> texts = new ArrayList<>();
    for (JsonNode choice : answer.path("choices")) {
      texts.add(choice.at("/message/content").asString());
    }
    assertThat(texts).hasSize(3).doesNotHaveDuplicates();

    Map<Integer, StringBuilder> streamed = new TreeMap<>();
    Response response = streamed(body);
    for (JsonNode chunk : response.events().chunks()) {
      for (JsonNode choice : chunk.path("choices")) {
        streamed
            .computeIfAbsent(choice.path("index").asInt(), _ -> new StringBuilder())
            .append(choice.at("/delta/content").asString(""));
      }
    }
    List<String> pieced = streamed.values().stream().map(StringBuilder::toString).toList();
    assertThat(pieced).hasSize(3);
    assertThat(pieced.getFirst()).isEqualTo(texts.getFirst());
    JsonNode usage = response.events().usage();
    assertThat(usage).isEqualTo(answer.path("usage"));
    assertThat(usage.path("completion_tokens").asInt()).isBetween(10, 27);
    assertThat(ENGINE.row(response).promptTokens())
        .isEqualTo(
            streamed(TestEngine.question(POEM, 1)).events().usage().path("prompt_tokens").asInt());
  }

  @Test
  void moreAnswersThanThereArePlacesAreRefused() throws IOException {
    Response refused = ENGINE.chat(TestEngine.question(POEM, 1).put("n", 128));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error().path("param").asString()).isEqualTo("n");
  }

  @Test
  void allAnswersEndWithTheirClient() throws IOException {
    RawHttp.Head head;
    try (RawHttp client = ENGINE.connect()) {
      ObjectNode body = TestEngine.question(POEM, 900).put("n", 6);
      client.send(Requests.post(ENGINE.key(), body.toString()));
      head = client.head();
      client.chunk();
    }
    assertThat(ENGINE.row(head).outcome()).isEqualTo("client_gone");
  }

  private static Response completion(ObjectNode body) throws IOException {
    Response response =
        ENGINE.send(Requests.post("/v1/completions", ENGINE.key(), body.toString(), ""));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return response;
  }

  private static ObjectNode counting() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("model", TestEngine.MODEL)
        .put("prompt", "One, two, three, four,")
        .put("temperature", 0);
  }

  /** What is written is the prompt's: nobody pays for a token that was not made. */
  @Test
  void anEchoAloneIsNoToken() throws IOException {
    ObjectNode body = counting().put("echo", true).put("max_tokens", 0);
    Response whole = completion(body);
    assertThat(whole.json().at("/choices/0/text").asString()).isEqualTo("One, two, three, four,");
    assertThat(whole.json().at("/usage/completion_tokens").asInt(-1)).isZero();
    assertThat(ENGINE.row(whole).completionTokens()).isZero();
    Response streamed = completion(body.put("n", 2).put("stream", true));
    assertThat(streamed.events().done()).isTrue();
    assertThat(ENGINE.row(streamed).completionTokens()).isZero();
    assertThat(ENGINE.row(streamed).estimated()).isFalse();
  }

  @Test
  void aTextGoesOnStreamedAndWhole() throws IOException {
    ObjectNode body = counting().put("logprobs", 1).put("echo", true);
    Response response = completion(body);
    JsonNode whole = response.json();
    JsonNode choice = whole.at("/choices/0");
    assertThat(whole.path("object").asString()).isEqualTo("text_completion");
    assertThat(choice.path("text").asString()).startsWith("One, two, three, four, five, six");
    assertThat(choice.path("finish_reason").asString()).isEqualTo("length");
    assertThat(ENGINE.row(response).completionTokens()).isEqualTo(16);
    JsonNode told = choice.path("logprobs");
    StringBuilder tokens = new StringBuilder();
    told.path("tokens").forEach(token -> tokens.append(token.asString()));
    assertThat(tokens.toString()).isEqualTo(choice.path("text").asString());
    for (String list : List.of("token_logprobs", "top_logprobs", "text_offset")) {
      assertThat(told.path(list).size()).isEqualTo(told.path("tokens").size());
    }
    assertThat(told.at("/token_logprobs/0").isNull()).isTrue();

    StringBuilder text = new StringBuilder();
    ArrayNode streamed = JsonMapper.shared().createArrayNode();
    Response stream = completion(body.put("stream", true));
    for (JsonNode chunk : stream.events().chunks()) {
      text.append(chunk.at("/choices/0/text").asString(""));
      chunk.at("/choices/0/logprobs/tokens").forEach(streamed::add);
    }
    assertThat(text.toString()).isEqualTo(choice.path("text").asString());
    assertThat(streamed).isEqualTo(told.path("tokens"));
    assertThat(ENGINE.row(stream).completionTokens()).isEqualTo(16);
  }

  @Test
  void severalPromptsAreAnsweredInOneRequest() throws IOException {
    ObjectNode body = counting().put("max_tokens", 3);
    body.putArray("prompt").add("One, two, three, four,").add("The capital of France is");
    JsonNode choices = completion(body).json().path("choices");
    assertThat(choices.size()).isEqualTo(2);
    assertThat(choices.at("/0/text").asString()).isEqualTo(" five, six");
    assertThat(choices.at("/1/text").asString()).contains("Paris");
  }

  @Test
  void allChunksAndDocumentsHaveOneFingerprint() throws IOException {
    ObjectNode body = TestEngine.question(POEM, 3);
    String name = whole(body).path("system_fingerprint").asString();
    assertThat(name).startsWith("fp_");
    assertThat(completion(counting()).json().path("system_fingerprint").asString()).isEqualTo(name);
    assertThat(streamed(body).events().chunks().stream().skip(1))
        .as("behind the role, which may be told before the model is asked")
        .hasSizeGreaterThan(2)
        .allMatch(chunk -> chunk.path("system_fingerprint").asString("").equals(name));
  }

  /** As vLLM's clients ask for it. */
  @Test
  void anAnswerGoesOnAsVllmSpellsIt() throws IOException {
    ObjectNode body = TestEngine.question("Count from one to nine in words.", 9);
    body.put("temperature", 0).put("continue_final_message", true);
    body.put("add_generation_prompt", false);
    ArrayNode messages = (ArrayNode) body.path("messages");
    messages.addObject().put("role", "assistant").put("content", "One, two, three, four,");
    assertThat(streamed(body).events().content()).startsWith(" five, six");
    assertThat(whole(body).at("/choices/0/message/content").asString()).startsWith(" five, six");
  }
}
