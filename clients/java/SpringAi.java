import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;
import reactor.core.publisher.Flux;

/** Drives Spring AI: a line of JSON says what to ask, a line of JSON says what came. */
final class SpringAi {
  private static final JsonMapper JSON = new JsonMapper();

  /** The same answer, with an error at its end where it broke off. */
  static Flux<ChatResponse> whole(Flux<ChatResponse> answer) {
    return Flux.defer(
        () -> {
          var finished = new AtomicBoolean();
          return answer
              .doOnNext(part -> finished.compareAndSet(false, finishes(part)))
              .concatWith(
                  Flux.defer(
                      () ->
                          finished.get()
                              ? Flux.empty()
                              : Flux.error(new IllegalStateException("the answer broke off"))));
        });
  }

  private static boolean finishes(ChatResponse part) {
    return part.getResults().stream()
        .map(one -> one.getMetadata().getFinishReason())
        .anyMatch(reason -> reason != null && !reason.isEmpty());
  }

  private static String end(Flux<ChatResponse> answer, StringBuilder text) {
    try {
      answer
          .flatMapIterable(ChatResponse::getResults)
          .mapNotNull(one -> one.getOutput().getText())
          .doOnNext(text::append)
          .blockLast();
      return "whole";
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  public static void main(String[] arguments) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode ask = JSON.readTree(line);
      var api =
          OpenAiApi.builder()
              .baseUrl(ask.path("base").asText().replaceAll("/v1$", ""))
              .apiKey(ask.path("key").asText())
              .build();
      var options = OpenAiChatOptions.builder().model(ask.path("model").asText()).build();
      var model = OpenAiChatModel.builder().openAiApi(api).defaultOptions(options).build();
      var text = new StringBuilder();
      String end = end(whole(model.stream(new Prompt(ask.path("text").asText()))), text);
      System.out.println(JSON.writeValueAsString(Map.of("text", text.toString(), "end", end)));
    }
    System.exit(0);
  }
}
