package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.Given;
import tayyar.testing.LedgerRow;
import tayyar.testing.Program;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tayyar.testing.TestGateway;
import tayyar.testing.TinyEmbedder;
import tayyar.testing.TinyEmbedderByHand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Vectors by a model of our own in a worker process, from the client's bytes to the ledger. */
@Tag("engine")
@Timeout(120)
final class WorkerEmbeddingsTest {
  private static final TinyEmbedder MODEL = new TinyEmbedder(TinyEmbedder.Kind.BERT_MEAN);

  @RegisterExtension static final TestEngine ENGINE = TestEngine.usual().of(written());

  private static Path written() {
    try {
      Path file = Files.createTempFile("tiny", ".gguf");
      file.toFile().deleteOnExit();
      return MODEL.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String post(String rest) {
    String body = "{\"model\":\"" + TestEngine.MODEL + "\"," + rest + "}";
    return Requests.post("/v1/embeddings", ENGINE.key(), body, "");
  }

  private static double[] expected(String... words) {
    var tokens = new int[words.length + 2];
    tokens[0] = TinyEmbedder.CLS;
    tokens[words.length + 1] = TinyEmbedder.SEP;
    for (int i = 0; i < words.length; i++) {
      tokens[i + 1] = MODEL.token("\u2581" + words[i]);
    }
    return new TinyEmbedderByHand(MODEL).vector(tokens, TinyEmbedder.WIDTH);
  }

  private static void assertNear(JsonNode vector, double[] expected) {
    assertThat(vector.size()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(vector.path(i).asDouble())
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(2e-3));
    }
  }

  @Test
  void vectorsAreMadeAndWrittenDown() throws IOException {
    Response response = ENGINE.send(post("\"input\":[\"the river\",\"runs\"],\"user\":\"u\""));
    assertThat(response.status()).isEqualTo(200);
    JsonNode json = response.json();
    assertThat(json.path("model").asString()).isEqualTo(TestEngine.MODEL);
    assertThat(json.path("usage").toString()).isEqualTo("{\"prompt_tokens\":7,\"total_tokens\":7}");
    assertNear(json.path("data").path(0).path("embedding"), expected("the", "river"));
    assertNear(json.path("data").path(1).path("embedding"), expected("runs"));
    LedgerRow row = ENGINE.row(response);
    assertThat(row.promptTokens()).isEqualTo(7);
    assertThat(row.completionTokens()).isZero();
    assertThat(row.outcome()).isEqualTo("completed");
  }

  @Test
  void aChatIsRefusedAndTheModelSaysWhatItIsFor() throws IOException {
    Response chat = ENGINE.chat(TestEngine.question("Hello", 5));
    assertThat(chat.status()).isEqualTo(400);
    assertThat(chat.error().path("code").asString()).isEqualTo("model_not_supported_on_endpoint");
    String head = "GET /v1/models HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ";
    JsonNode model = ENGINE.send(head + ENGINE.key() + "\r\n\r\n").json().path("data").path(0);
    assertThat(model.path("modality").asString()).isEqualTo("embed");
  }

  @Test
  void aRefusalOfTheEngineReachesTheClientWithItsPlace() throws IOException {
    String longer = "the ".repeat(300);
    Response refused = ENGINE.send(post("\"input\":[\"the\",\"" + longer + "\"]"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error().path("code").asString()).isEqualTo("input_too_large");
    assertThat(refused.error().path("param").asString()).isEqualTo("input[1]");
    assertThat(ENGINE.row(refused).status()).isEqualTo(400);
    Response wide = ENGINE.send(post("\"dimensions\":33,\"input\":\"the\""));
    assertThat(wide.error().path("param").asString()).isEqualTo("dimensions");
  }

  @Test
  void workEndsWhereTheClientLeaves() throws IOException {
    String text = "\"" + "the river runs down ".repeat(60) + "\"";
    String all = "\"input\":[" + String.join(",", Collections.nCopies(2048, text)) + "]";
    try (RawHttp client = ENGINE.connect()) {
      client.send(post(all));
      Awaitility.await("the worker to be busy")
          .atMost(TestGateway.SOON)
          .until(() -> ENGINE.gauge("tayyar_engine_slots_busy") > 0);
    }
    Awaitility.await("the worker to be idle")
        .atMost(TestGateway.SOON)
        .until(() -> ENGINE.gauge("tayyar_engine_slots_busy") == 0);
    assertThat(ENGINE.send(post("\"input\":\"the\"")).status()).isEqualTo(200);
  }

  /** The SDK asks for base64 where its user says nothing, and decodes it. */
  @Test
  void theSdkForPythonGetsTheSameNumbers() throws IOException {
    String script = Given.clients().resolve("python/others.py").toString();
    try (Program python = Program.start(Given.PYTHON.path().toString(), script)) {
      var ask = JsonMapper.shared().createObjectNode();
      ask.put("base", ENGINE.baseUrl()).put("key", ENGINE.key()).put("method", "embeddings.create");
      ask.putObject("arguments").put("model", TestEngine.MODEL).put("input", "the river");
      JsonNode answer = python.ask(ask).path("answer");
      assertNear(answer.path("data").path(0).path("embedding"), expected("the", "river"));
      assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(4);
    }
  }
}
