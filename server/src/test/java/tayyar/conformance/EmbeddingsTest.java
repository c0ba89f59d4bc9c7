package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer;
import tayyar.api.Model;
import tayyar.routing.Fleet;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/** POST /v1/embeddings, from the client's bytes to the upstream's and back. */
@Tag("socket")
final class EmbeddingsTest {
  private TestFleet fleet;

  @BeforeEach
  void start() throws IOException {
    fleet =
        TestFleet.start(
            List.of("", ""),
            all ->
                List.of(
                    new Offer.Remote(
                        new Model("vec", 1, "tests", null, null, List.of("v"), Model.VECTORS),
                        all.stream().map(target -> new Fleet.Member(target, 1, 0)).toList(),
                        TestFleet.rules(),
                        Map.of()),
                    TestFleet.model("talk", TestFleet.rules(), all)));
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private Response ask(String rest) throws IOException {
    return fleet.post("/embeddings", "{\"model\":\"vec\"," + rest + "}");
  }

  private ReceivedRequest asked() {
    return fleet.simulator(0).next(TestGateway.SOON);
  }

  /** The simulator's number at a place of an input's vector. */
  private static float number(int input, int place) {
    return (input * 100 - place) / 7f;
  }

  private static List<Float> floats(JsonNode embedding) {
    List<Float> floats = new ArrayList<>();
    if (embedding.isString()) {
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(embedding.asString()))
              .order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        floats.add(bytes.getFloat());
      }
      return floats;
    }
    embedding.forEach(one -> floats.add(Float.parseFloat(one.toString())));
    return floats;
  }

  /**
   * In whatever form the upstream answers, the client gets the same numbers in the form that it
   * asked for.
   */
  @ParameterizedTest
  @CsvSource({
    "'', ''", "'', floats", "'', base64",
    "float, ''", "float, floats", "float, base64",
    "base64, ''", "base64, floats", "base64, base64"
  })
  void formsAreAsAsked(String format, String gives) throws IOException {
    fleet.simulator(0).script(Script.of(gives));
    String asks = format.isEmpty() ? "" : "\"encoding_format\":\"" + format + "\",";
    Response response = ask(asks + "\"input\":[\"one\",\"two\",\"three\"],\"dimensions\":5");

    assertThat(response.status()).isEqualTo(200);
    JsonNode json = response.json();
    assertThat(json.path("object").asString()).isEqualTo("list");
    assertThat(json.path("model").asString()).isEqualTo("vec");
    assertThat(json.path("usage").toString()).isEqualTo("{\"prompt_tokens\":3,\"total_tokens\":3}");
    assertThat(json.path("data").size()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      JsonNode one = json.path("data").path(i);
      assertThat(one.path("object").asString()).isEqualTo("embedding");
      assertThat(one.path("index").asInt()).isEqualTo(i);
      assertThat(one.path("embedding").isString()).isEqualTo(format.equals("base64"));
      List<Float> floats = floats(one.path("embedding"));
      assertThat(floats).hasSize(5);
      for (int place = 0; place < 5; place++) {
        assertThat(floats.get(place)).isEqualTo(number(i, place));
      }
    }
  }

  @Test
  void nothingButTheModelIsChangedOnTheWay() throws IOException {
    String body =
        "\"input\": \"نهر \\u00e9\", \"dimensions\":4 ,\"user\":\"u\",\"later\":{\"a\":[1, null]}";
    assertThat(ask(body).status()).isEqualTo(200);

    ReceivedRequest received = asked();
    assertThat(received.uri()).isEqualTo("/v1/embeddings");
    assertThat(received.header("Accept")).isEqualTo("application/json");
    JsonNode got = received.body();
    assertThat(got.path("model").asString()).isEqualTo("over-there");
    assertThat(got.path("input").asString()).isEqualTo("نهر é");
    assertThat(got.path("dimensions").asInt()).isEqualTo(4);
    assertThat(got.path("later").toString()).isEqualTo("{\"a\":[1,null]}");
    assertThat(got.has("stream")).isFalse();
    assertThat(got.has("stream_options")).isFalse();
    assertThat(got.has("encoding_format")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"\"a b\"|1|2", "[\"a\",\"b c\"]|2|3", "[7,8,9]|1|3", "[[1,2],[3]]|2|3"})
  void inputsOfAllKinds(String input, int vectors, int tokens) throws IOException {
    Response response = ask("\"input\":" + input);

    assertThat(response.json().path("data").size()).isEqualTo(vectors);
    assertThat(fleet.row(response).promptTokens()).isEqualTo(tokens);
    assertThat(fleet.row(response).completionTokens()).isZero();
    assertThat(fleet.row(response).outcome()).isEqualTo("completed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"dimensions\":3|empty_input|input",
        "\"input\":null|empty_input|input",
        "\"input\":\"\"|empty_input|input",
        "\"input\":[]|empty_input|input",
        "\"input\":[[]]|empty_input|input[0]",
        "\"input\":[\"a\",\"\"]|empty_input|input[1]",
        "\"input\":7|invalid_value|input",
        "\"input\":[\"a\",1]|invalid_value|input",
        "\"input\":[1,\"a\"]|invalid_value|input",
        "\"input\":[1.5]|invalid_value|input",
        "\"input\":\"a\",\"encoding_format\":\"int8\"|invalid_value|encoding_format",
        "\"input\":\"a\",\"dimensions\":0|invalid_value|dimensions",
      })
  void wrongInputsAreRefusedHere(String body, String code, String param) throws IOException {
    Response response = ask(body);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    assertThat(response.error().path("param").asString()).isEqualTo(param);
    assertThat(fleet.row(response).status()).isEqualTo(400);
    assertThat(fleet.simulator(0).requests()).isZero();
  }

  @Test
  void tooMuchIsRefusedHere() throws IOException {
    String many = "[\"a\"" + ",\"a\"".repeat(2_048) + "]";
    String large = "\"" + "a".repeat(1024 * 1024 + 1) + "\"";
    for (String input : List.of(many, large)) {
      Response response = ask("\"input\":" + input);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString()).isEqualTo("input_too_large");
    }
    assertThat(ask("\"input\":" + many.replaceFirst(",\"a\"", "")).json().path("data").size())
        .isEqualTo(2_048);
  }

  @Test
  void usageIsGuessedWhereTheUpstreamIsSilent() throws IOException {
    Response response = ask("\"input\":\"[[nousage]]\"");

    assertThat(response.json().path("usage").toString())
        .isEqualTo("{\"prompt_tokens\":3,\"total_tokens\":3,\"estimated\":true}");
    assertThat(fleet.row(response).estimated()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status=500", "garbage@0", "cut@0", "refuse", "hang"})
  void theNextTargetAnswers(String fault) throws IOException {
    fleet.simulator(0).script(Script.of(fault));
    Response response = ask("\"input\":\"a\"");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.json().path("data").size()).isEqualTo(1);
    assertThat(fleet.row(response).attempts()).isEqualTo(2);
    assertThat(fleet.row(response).target()).isEqualTo("t1");
  }

  @Test
  void allTargetsFail() throws IOException {
    Response response = ask("\"input\":\"[[status=500]]\"");

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
    assertThat(fleet.row(response).outcome()).isEqualTo("failed");
  }

  @Test
  void theUpstreamIsLeftWhenTheClientLeaves() throws IOException {
    ReceivedRequest received;
    try (RawHttp client = fleet.connect()) {
      String body = "{\"model\":\"v\",\"input\":\"[[first=9s]]\"}";
      client.send(Requests.post("/v1/embeddings", fleet.key(), body, ""));
      received = asked();
    }
    assertThat(received.awaitEnd(TestGateway.SOON).how()).isEqualTo(ReceivedRequest.How.PEER_LEFT);
    fleet.assertNothingLeft();
  }

  @Test
  void eachModelHasItsEndpoints() throws IOException {
    Response talk = fleet.post("/embeddings", "{\"model\":\"talk\",\"input\":\"a\"}");
    Response chat = fleet.chat(Requests.chat("vec", "a", true));
    Response completion = fleet.post("/completions", "{\"model\":\"vec\",\"prompt\":\"a\"}");
    for (Response response : List.of(talk, chat, completion)) {
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString())
          .isEqualTo("model_not_supported_on_endpoint");
      assertThat(fleet.row(response).status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource({"'',vec talk", "?modality=embed,vec", "?modality=chat&x=1,talk"})
  void modelsAreListedByModality(String query, String names) throws IOException {
    List<String> found = new ArrayList<>();
    Response response = fleet.send(Requests.bare("GET", "/v1/models" + query));
    response.json().path("data").forEach(model -> found.add(model.path("id").asString()));

    assertThat(String.join(" ", found)).isEqualTo(names);
  }

  @Test
  void anUnknownModalityIsRefused() throws IOException {
    Response response = fleet.send(Requests.bare("GET", "/v1/models?modality=smell"));

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("param").asString()).isEqualTo("modality");
  }
}
