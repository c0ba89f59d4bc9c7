import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Drives LangChain4j: a line of JSON says what to ask, a line of JSON says what came. */
final class LangChain4j {
  private static final JsonMapper JSON = new JsonMapper();

  /** Tells an answer that broke off from a whole one. */
  record Whole(StringBuilder text, CompletableFuture<String> end)
      implements StreamingChatResponseHandler {
    @Override
    public void onPartialResponse(String part) {
      text.append(part);
    }

    @Override
    public void onCompleteResponse(ChatResponse answer) {
      if (answer.finishReason() != null) {
        end.complete("whole");
      } else {
        var events = ((OpenAiChatResponseMetadata) answer.metadata()).rawServerSentEvents();
        onError(new IllegalStateException("broken off: " + events.getLast().data()));
      }
    }

    @Override
    public void onError(Throwable error) {
      end.complete(String.valueOf(error.getMessage()));
    }
  }

  public static void main(String[] arguments) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode ask = JSON.readTree(line);
      var model =
          OpenAiStreamingChatModel.builder()
              .baseUrl(ask.path("base").asText())
              .apiKey(ask.path("key").asText())
              .modelName(ask.path("model").asText())
              .build();
      var whole = new Whole(new StringBuilder(), new CompletableFuture<>());
      model.chat(ask.path("text").asText(), whole);
      String end = whole.end.get();
      System.out.println(
          JSON.writeValueAsString(Map.of("text", whole.text.toString(), "end", end)));
    }
    System.exit(0); // The client's threads would keep the program for a minute.
  }
}
