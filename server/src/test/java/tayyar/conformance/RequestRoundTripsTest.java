package tayyar.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.TargetDialect;
import tayyar.gemini.GeminiTargets;
import tayyar.messages.MessagesClients;
import tayyar.messages.MessagesTargets;
import tayyar.openai.OpenAiClients;
import tayyar.openai.OpenAiTargets;
import tayyar.responses.ResponsesClients;
import tayyar.responses.ResponsesTargets;
import tayyar.testing.Cases;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever a client asks for in one dialect, a target of another one is asked for the same: a
 * request that went there and is read back has lost nothing that both can say.
 */
final class RequestRoundTripsTest {
  private static final Target THERE =
      new Target("t", new Address.Tcp("h", 1, false), "/v1", "there", null);

  private static final Set<String> NOT_IN_MESSAGES =
      Set.of(
          "presence_penalty",
          "frequency_penalty",
          "seed",
          "logprobs",
          "top_logprobs",
          "n",
          "reasoning_effort",
          "reasoning_details",
          "service_tier",
          "user",
          "safety_identifier");

  /** A dialect of clients: what it can't say, and how it says the rest. */
  enum From {
    CHATS,
    MESSAGES,
    RESPONSES;

    private ClientDialect dialect() {
      return switch (this) {
        case CHATS -> new OpenAiClients();
        case MESSAGES -> new MessagesClients();
        case RESPONSES -> new ResponsesClients(null);
      };
    }

    private Set<String> without() {
      return switch (this) {
        case CHATS -> Set.of();
        case MESSAGES -> NOT_IN_MESSAGES;
        case RESPONSES -> Set.of("top_k", "seed", "n", "stop");
      };
    }

    private JsonNode said(ObjectNode chat) {
      return switch (this) {
        case CHATS -> chat;
        case MESSAGES -> AskedForms.messages(chat);
        case RESPONSES -> AskedForms.responses(chat);
      };
    }
  }

  /** A dialect of targets: what it can't be told, and how its server reads the rest. */
  enum To {
    CHATS,
    MESSAGES,
    GEMINI,
    RESPONSES;

    private TargetDialect dialect() {
      return switch (this) {
        case CHATS -> new OpenAiTargets();
        case MESSAGES -> new MessagesTargets();
        case GEMINI -> new GeminiTargets();
        case RESPONSES -> new ResponsesTargets();
      };
    }

    private Set<String> without() {
      return switch (this) {
        case CHATS -> Set.of();
        case MESSAGES -> {
          Set<String> all = new TreeSet<>(NOT_IN_MESSAGES);
          all.add("extra_content");
          yield all;
        }
        case GEMINI ->
            Set.of(
                "parallel_tool_calls",
                "strict",
                "filename",
                "service_tier",
                "user",
                "safety_identifier");
        case RESPONSES ->
            Set.of(
                "top_k",
                "seed",
                "n",
                "stop",
                "presence_penalty",
                "frequency_penalty",
                "extra_content",
                "reasoning_details");
      };
    }

    private JsonNode read(byte[] body) {
      return switch (this) {
        case CHATS -> Alike.exact(new String(body, UTF_8));
        case MESSAGES -> {
          InferenceRequest read = new MessagesClients().read(Endpoint.CHAT, body, Bounds.DEFAULT);
          yield Alike.exact(new String(read.body(), UTF_8));
        }
        case RESPONSES -> {
          ClientDialect server = new ResponsesClients(null);
          yield Alike.exact(
              new String(server.read(Endpoint.CHAT, body, Bounds.DEFAULT).body(), UTF_8));
        }
        case GEMINI -> AskedForms.ofGemini(Alike.exact(new String(body, UTF_8)));
      };
    }
  }

  private static byte[] bytes(To to, InferenceRequest request, Form form) {
    var written = to.dialect().writer(THERE).body(request, form, "");
    ByteBuf out = Unpooled.buffer();
    written.to(out);
    byte[] body = new byte[out.readableBytes()];
    out.readBytes(body);
    assertThat(body).hasSize(written.bytes());
    return body;
  }

  @ParameterizedTest
  @CsvSource({
    "CHATS,CHATS",
    "CHATS,MESSAGES",
    "CHATS,GEMINI",
    "MESSAGES,CHATS",
    "MESSAGES,MESSAGES",
    "MESSAGES,GEMINI",
    "RESPONSES,CHATS",
    "RESPONSES,MESSAGES",
    "RESPONSES,GEMINI",
    "CHATS,RESPONSES",
    "MESSAGES,RESPONSES",
    "RESPONSES,RESPONSES"
  })
  void nothingIsLostThatBothCanSay(From from, To to) {
    Set<String> without = new TreeSet<>(from.without());
    without.addAll(to.without());
    Cases.times(
        500,
        random -> {
          ObjectNode chat = AskedChat.of(random);
          chat.put("stream", random.nextBoolean());
          chat.remove(without);
          byte[] body = from.said(chat).toString().getBytes(UTF_8);
          InferenceRequest request = from.dialect().read(Endpoint.CHAT, body, Bounds.DEFAULT);
          Form form = request.stream() ? Form.STREAM : Form.DOCUMENT;
          JsonNode back = to.read(bytes(to, request, form));
          assertThat(Alike.of(back, without)).isEqualTo(Alike.of(chat, without));
        });
  }
}
