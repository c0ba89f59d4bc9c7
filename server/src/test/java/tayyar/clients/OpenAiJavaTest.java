package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.TestGateway;

/** The OpenAI SDK for Java. */
@Tag("clients")
@Timeout(60)
final class OpenAiJavaTest {
  private static final String ARABIC = "النهر يحمل الضوء 🙂 وكلُّ شيءٍ يجري.";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private String key;
  private OpenAIClient client;

  @BeforeEach
  void connect() {
    key = GATEWAY.newKey(100);
    client = client(key);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(GATEWAY.baseUrl())
        .apiKey(key)
        .maxRetries(0)
        .timeout(Duration.ofSeconds(30))
        .build();
  }

  private static ChatCompletionCreateParams.Builder asked(String text) {
    return ChatCompletionCreateParams.builder().model(TestGateway.MODEL).addUserMessage(text);
  }

  private static String text(List<ChatCompletionChunk> chunks) {
    var text = new StringBuilder();
    chunks.stream()
        .flatMap(chunk -> chunk.choices().stream())
        .forEach(choice -> choice.delta().content().ifPresent(text::append));
    return text.toString();
  }

  private List<ChatCompletionChunk> streamed(String text) {
    var options = ChatCompletionStreamOptions.builder().includeUsage(true).build();
    var asked = asked(text).streamOptions(options).build();
    try (StreamResponse<ChatCompletionChunk> answer =
        client.chat().completions().createStreaming(asked)) {
      return answer.stream().toList();
    }
  }

  @Test
  void streams() {
    List<ChatCompletionChunk> chunks = streamed("[[numbered tokens=30 pace=1ms]]");

    assertThat(text(chunks)).startsWith("0 1 2 ").endsWith("28 29 ");
    assertThat(chunks).allMatch(ChatCompletionChunk::isValid);
    assertThat(chunks.getLast().usage().orElseThrow().completionTokens()).isEqualTo(30);
    assertThat(GATEWAY.rowOf(key).completionTokens()).isEqualTo(30);
  }

  @Test
  void reads() {
    ChatCompletion whole =
        client.chat().completions().create(asked("[[numbered tokens=5]]").build());

    assertThat(whole.choices().getFirst().message().content()).contains("0 1 2 3 4 ");
    assertThat(whole.isValid()).isTrue();
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("completed");
  }

  @Test
  void arabicComesWhole() {
    assertThat(text(streamed("[[echo]] " + ARABIC)).strip()).isEqualTo(ARABIC);
  }

  @Test
  void anUnknownKey() {
    long before = GATEWAY.simulator().requests();
    client.close();
    client = client("sk-nobody");
    OpenAIServiceException error =
        catchThrowableOfType(
            UnauthorizedException.class,
            () -> client.chat().completions().create(asked("hello").build()));

    assertThat(error.code()).contains("invalid_api_key");
    assertThat(error.headers().values("x-request-id")).hasSize(1);
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
    assertThat(GATEWAY.rowsOf(key)).isEmpty();
  }

  @Test
  void anUnknownModel() {
    OpenAIServiceException error =
        catchThrowableOfType(
            NotFoundException.class,
            () -> client.chat().completions().create(asked("hello").model("nobody").build()));

    assertThat(error.code()).contains("model_not_found");
    assertThat(error.param()).contains("model");
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(404);
  }

  @Test
  void aFailureBeforeTheFirstToken() {
    OpenAIServiceException error =
        catchThrowableOfType(InternalServerException.class, () -> streamed("[[tokens=5 cut@0]]"));

    assertThat(error.statusCode()).isEqualTo(503);
    assertThat(error.code()).contains("upstream_failed");
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON).tokens()).isZero();
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("failed");
  }

  @Test
  void aFailureInTheMiddle() {
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    SseException error;
    try (StreamResponse<ChatCompletionChunk> answer =
        client
            .chat()
            .completions()
            .createStreaming(asked("[[numbered tokens=9 pace=1ms cut@3]]").build())) {
      error = catchThrowableOfType(SseException.class, () -> answer.stream().forEach(chunks::add));
    }

    assertThat(error.getMessage()).contains("The server behind this model failed");
    assertThat(text(chunks)).isEqualTo("0 1 2 ");
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.WRITTEN, 3));
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("failed");
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(200);
  }

  @Test
  void leaving() {
    try (StreamResponse<ChatCompletionChunk> answer =
        client.chat().completions().createStreaming(asked("[[tokens=9 hold@3]]").build())) {
      assertThat(answer.stream().limit(4).toList()).hasSize(4);
    }

    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 3));
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(499);
    assertThat(GATEWAY.rowOf(key).completionTokens()).isEqualTo(3);
  }
}
