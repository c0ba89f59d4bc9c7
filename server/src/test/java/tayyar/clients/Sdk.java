package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.LedgerRow;
import tayyar.testing.Program;
import tayyar.testing.Requests;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an SDK makes of our answers; each of its failures is also seen upstream and written down.
 */
@Tag("clients")
@TestInstance(Lifecycle.PER_CLASS)
abstract class Sdk {
  private static final String ARABIC = "النهر يحمل الضوء 🙂 وكلُّ شيءٍ يجري.";

  @RegisterExtension final TestGateway gateway = TestGateway.usual();
  private @Nullable Program program;

  /** Starts the program that drives the SDK. */
  abstract Program program() throws IOException;

  /** Not once before all: a class that is skipped as a whole is counted by nobody. */
  @BeforeEach
  void start() throws IOException {
    if (program == null) {
      program = program();
    }
  }

  @AfterAll
  void stop() throws IOException {
    if (program != null) {
      program.close();
    }
  }

  static ObjectNode asked(String base, String key, String model, String text, boolean stream) {
    ObjectNode ask = Requests.chat(model, "", stream);
    ask.remove("messages");
    return ask.put("base", base)
        .put("key", key)
        .put("text", text)
        .put("stream", stream)
        .put("usage", stream)
        .put("leaveAfter", 0);
  }

  private ObjectNode asked(String text, boolean stream) {
    return asked(gateway.baseUrl(), gateway.key(), TestGateway.MODEL, text, stream);
  }

  private JsonNode answered(ObjectNode ask) throws IOException {
    return Objects.requireNonNull(program).ask(ask);
  }

  private LedgerRow row(JsonNode said) {
    return gateway.row(said.path("requestId").asString());
  }

  @Test
  void streams() throws IOException {
    JsonNode said = answered(asked("[[numbered tokens=30]]", true));

    assertThat(said.path("text").asString()).startsWith("0 1 2 ").endsWith("28 29 ");
    assertThat(said.path("finish").asString()).isEqualTo("stop");
    assertThat(said.path("completionTokens").asInt()).isEqualTo(30);
    assertThat(row(said).completionTokens()).isEqualTo(30);
    assertThat(row(said).outcome()).isEqualTo("completed");
  }

  @Test
  void reads() throws IOException {
    JsonNode said = answered(asked("[[numbered tokens=5]]", false));

    assertThat(said.path("text").asString()).isEqualTo("0 1 2 3 4 ");
    assertThat(said.path("completionTokens").asInt()).isEqualTo(5);
    assertThat(row(said).status()).isEqualTo(200);
  }

  @Test
  void arabicComesWhole() throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      JsonNode said = answered(asked("[[echo]] " + ARABIC, stream));

      assertThat(said.path("text").asString().strip()).isEqualTo(ARABIC);
    }
  }

  @Test
  void tokensComeOneByOne() throws IOException {
    JsonNode said = answered(asked("[[tokens=10 pace=10ms]]", true));

    assertThat(said.path("pieces").asInt()).isGreaterThan(5);
  }

  @Test
  void anUnknownKey() throws IOException {
    long before = gateway.simulator().requests();
    JsonNode said = answered(asked("[[tokens=5]]", true).put("key", "sk-nobody"));

    assertError(said, 401, "invalid_api_key");
    assertThat(gateway.simulator().requests()).isEqualTo(before);
  }

  @Test
  void anUnknownModel() throws IOException {
    long before = gateway.simulator().requests();
    JsonNode said = answered(asked("[[tokens=5]]", true).put("model", "nobody"));

    assertError(said, 404, "model_not_found");
    assertThat(gateway.simulator().requests()).isEqualTo(before);
    assertThat(row(said).status()).isEqualTo(404);
  }

  @Test
  void aFailureBeforeTheFirstToken() throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      JsonNode said = answered(asked("[[tokens=5 cut@0]]", stream));

      assertError(said, 503, "upstream_failed");
      assertThat(gateway.upstream().awaitEnd(TestGateway.SOON).tokens()).isZero();
      assertThat(row(said).outcome()).isEqualTo("failed");
      assertThat(row(said).status()).isEqualTo(503);
    }
  }

  @Test
  void aFailureInTheMiddle() throws IOException {
    JsonNode said = answered(asked("[[numbered tokens=9 pace=1ms cut@3]]", true));

    assertThat(said.path("error").asString()).isEqualTo("APIError");
    assertThat(said.path("code").asString()).isEqualTo("upstream_failed");
    assertThat(said.path("text").asString()).isEqualTo("0 1 2 ");
    assertThat(said.path("finish").asString()).isEmpty();
    assertThat(gateway.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.WRITTEN, 3));
  }

  @Test
  void leaving() throws IOException {
    String key = gateway.newKey(100);
    JsonNode said =
        answered(asked("[[tokens=9 hold@3]]", true).put("key", key).put("leaveAfter", 3));

    assertThat(said.path("pieces").asInt()).isEqualTo(3);
    assertThat(gateway.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 3));
    assertThat(gateway.rowOf(key).outcome()).isEqualTo("client_gone");
    assertThat(gateway.rowOf(key).status()).isEqualTo(499);
    assertThat(gateway.rowOf(key).completionTokens()).isEqualTo(3);
  }

  /** All SDKs of one family call their errors alike. */
  private static String errorOf(int status) {
    return switch (status) {
      case 401 -> "AuthenticationError";
      case 404 -> "NotFoundError";
      default -> "InternalServerError";
    };
  }

  private static void assertError(JsonNode said, int status, String code) {
    assertThat(said.path("error").asString()).isEqualTo(errorOf(status));
    assertThat(said.path("status").asInt()).isEqualTo(status);
    assertThat(said.path("code").asString()).isEqualTo(code);
    assertThat(said.path("requestId").asString()).startsWith("req_");
    assertThat(said.path("text").asString()).isEmpty();
  }
}
