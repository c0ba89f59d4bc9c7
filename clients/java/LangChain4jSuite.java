import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * LangChain4j's own tests of a chat model, with our endpoint as the model: a line of JSON says
 * where it is, a line of JSON says how each test ended.
 */
final class LangChain4jSuite {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern NAME =
      Pattern.compile(".*class:LangChain4jSuite\\$(\\w+)].*?:(?:[\\w.]+#)?(\\w+)\\(.*");
  private static JsonNode ask;

  private static String asked(String name) {
    return ask.path(name).asText();
  }

  private static ChatRequestParameters parameters(int most) {
    return OpenAiChatRequestParameters.builder().maxOutputTokens(most).build();
  }

  static final class Whole extends AbstractChatModelIT {
    private static OpenAiChatModel.OpenAiChatModelBuilder builder() {
      return OpenAiChatModel.builder()
          .baseUrl(asked("base"))
          .apiKey(asked("key"))
          .modelName(asked("model"))
          .temperature(0.0)
          .maxRetries(0);
    }

    @Override
    protected List<ChatModel> models() {
      return List.of(builder().maxTokens(200).build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
      return builder()
          .defaultRequestParameters(parameters)
          .modelName(parameters.modelName() == null ? asked("model") : parameters.modelName())
          .build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
      return parameters(most);
    }

    @Override
    protected String customModelName() {
      return asked("other");
    }

    @Override
    protected Class<OpenAiChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
      return OpenAiChatResponseMetadata.class;
    }

    @Override
    protected Class<OpenAiTokenUsage> tokenUsageType(ChatModel model) {
      return OpenAiTokenUsage.class;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
      return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
      return false;
    }
  }

  static final class Streamed extends AbstractStreamingChatModelIT {
    private static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder builder() {
      return OpenAiStreamingChatModel.builder()
          .baseUrl(asked("base"))
          .apiKey(asked("key"))
          .modelName(asked("model"))
          .temperature(0.0);
    }

    @Override
    protected List<StreamingChatModel> models() {
      return List.of(builder().maxTokens(200).build());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
      return builder()
          .defaultRequestParameters(parameters)
          .modelName(parameters.modelName() == null ? asked("model") : parameters.modelName())
          .build();
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
      return builder().listeners(List.of(listener)).build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
      return parameters(most);
    }

    @Override
    protected String customModelName() {
      return asked("other");
    }

    @Override
    protected Class<OpenAiChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
      return OpenAiChatResponseMetadata.class;
    }

    @Override
    protected Class<OpenAiTokenUsage> tokenUsageType(StreamingChatModel model) {
      return OpenAiTokenUsage.class;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
      return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
      return false;
    }
  }

  /** How each test ended; one with parameters has a number for each. */
  record Ends(ConcurrentLinkedQueue<Map<String, String>> cases) implements TestExecutionListener {
    private void add(TestIdentifier test, String end, String why) {
      String name = NAME.matcher(test.getUniqueId()).replaceAll("$1.$2");
      cases.add(Map.of("name", name, "end", end, "why", why));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        String end = result.getStatus().name().replace("SUCCESSFUL", "passed").toLowerCase();
        add(test, end.replace("aborted", "skipped"), result.getThrowable().map(Object::toString).orElse(""));
      } else if (result.getThrowable().isPresent()) {
        add(test, "failed", result.getThrowable().get().toString());
      }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String why) {
      add(test, "skipped", why);
    }
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ask = JSON.readTree(in.readLine());
    var ends = new Ends(new ConcurrentLinkedQueue<>());
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(Whole.class), selectClass(Streamed.class))
                .build(),
            ends);
    out.println(JSON.writeValueAsString(Map.of("cases", ends.cases)));
    System.exit(0); // The clients' threads would keep the program for a minute.
  }
}
