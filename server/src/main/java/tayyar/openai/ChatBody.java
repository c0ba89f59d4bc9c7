package tayyar.openai;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.InferenceRequest.Spans;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Odds;
import tayyar.api.Refused;
import tayyar.api.Sampling;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads and checks the body of POST /v1/chat/completions or /v1/completions, in one pass. A null
 * stands for an absent field; unknown fields are read over.
 *
 * @see <a href="https://github.com/openai/openai-openapi">CreateChatCompletionRequest</a>
 */
final class ChatBody {
  private static final int STOPS_MAX = 16;

  /** Google's servers read names in either way. */
  private static final Set<String> CACHED = Set.of("cached_content", "cachedContent");

  /** Members that nobody but the engine reads. */
  private static final Set<String> ENGINES =
      Stream.of(Wanted.FORMS, Wanted.OTHERS, Set.of("parallel_tool_calls", "web_search_options"))
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private final JsonParser p;
  private final byte[] body;
  private final int messagesMax;
  private final boolean chat;
  private final CompletionFields completion;
  private final Set<Feature> features = EnumSet.noneOf(Feature.class);
  private final Span modelSpan = new Span();
  private final Span streamSpan = new Span();
  private final Span optionsSpan = new Span();
  private final Span saltSpan = new Span();
  private @Nullable String model;
  private @Nullable List<Message> messages;
  private final List<Form> forms = new ArrayList<>(0);
  private String media = "";
  private String stored = "";
  private int otherBytes;
  private int answers = 1;
  private boolean stream;
  private boolean options;
  private boolean includeUsage;
  private boolean includeCost;
  private boolean endless;
  private boolean addsPrompt;
  private List<String> stop = List.of();
  private @Nullable Double temperature;
  private @Nullable Double topP;
  private @Nullable Integer topK;
  private @Nullable Double minP;
  private @Nullable Double repeatPenalty;
  private @Nullable Double frequencyPenalty;
  private @Nullable Double presencePenalty;
  private @Nullable Long seed;
  private @Nullable Integer maxTokens;
  private @Nullable Integer maxCompletionTokens;
  private final OddsReader odds;
  private @Nullable String forcedBy;

  /**
   * What a body has, and each of its messages, that becomes no prompt: names, numbers, brackets.
   */
  private static final int BODY_BYTES = 256;

  private static final int MESSAGE_BYTES = 64;

  private ChatBody(JsonParser p, byte[] body, boolean chat, int messagesMax) {
    this.p = p;
    this.body = body;
    this.chat = chat;
    this.messagesMax = messagesMax;
    this.completion = new CompletionFields(p);
    this.odds = new OddsReader(p, chat);
  }

  /**
   * Reads a chat's body.
   *
   * @throws Refused with the error that says what is wrong
   */
  static InferenceRequest chat(byte[] body, int messagesMax) {
    return read(body, true, messagesMax);
  }

  /**
   * Reads a completion's body: the same but for a prompt in the place of messages.
   *
   * @throws Refused with the error that says what is wrong
   */
  static InferenceRequest completion(byte[] body) {
    return read(body, false, 0);
  }

  private static InferenceRequest read(byte[] body, boolean chat, int messagesMax) {
    try (JsonParser p = Values.parser(body)) {
      return new ChatBody(p, body, chat, messagesMax).read();
    } catch (JacksonException e) {
      throw new Refused(new ApiError.InvalidJson(Values.where(e)));
    }
  }

  private InferenceRequest read() {
    return checked(Values.members(p, this::member));
  }

  private void member(String name, JsonToken value) {
    switch (name) {
      case "model" -> model = modelSpan.around(p, () -> Values.string(p, name));
      case "stream" -> stream = streamSpan.around(p, () -> Values.bool(p, name));
      case "stream_options" -> optionsSpan.around(p, () -> options(value));
      case "cache_salt" -> saltSpan.around(p, () -> Values.string(p, name));
      case "stop" -> stop = stop(value);
      case "temperature" -> temperature = Values.number(p, name, 0, 2);
      case "top_p" -> topP = Values.number(p, name, 0, 1);
      case "top_k" -> topK = topK();
      case "min_p" -> minP = Values.number(p, name, 0, 1);
      case "repeat_penalty", "repetition_penalty" ->
          repeatPenalty = Values.number(p, name, 0.01, 10);
      case "frequency_penalty" -> frequencyPenalty = Values.number(p, name, -2, 2);
      case "presence_penalty" -> presencePenalty = Values.number(p, name, -2, 2);
      case "seed" -> seed = Values.longInteger(p, name);
      case "max_tokens" -> maxTokens = tokens(name, chat ? 1 : 0);
      case "max_completion_tokens" -> maxCompletionTokens = tokens(name, 1);
      default -> {
        if (chat) {
          feature(name, value);
        } else {
          completionOnly(name, value);
        }
      }
    }
  }

  /** Reads the number of tokens to look at; -1 means what 0 means elsewhere: all of them. */
  private @Nullable Integer topK() {
    Integer asked = Values.integer(p, "top_k", -1, Integer.MAX_VALUE);
    return asked != null && asked < 0 ? Integer.valueOf(0) : asked;
  }

  /** Reads the greatest number of tokens; many servers take -1 for no limit. */
  private @Nullable Integer tokens(String name, int least) {
    endless = Values.isMinusOne(p);
    return endless ? null : Values.integer(p, name, least, Integer.MAX_VALUE);
  }

  /** Fields of a chat alone; most ask for more than plain text. */
  private void feature(String name, JsonToken value) {
    switch (name) {
      case "messages" -> {
        var reader = new MessagesReader(p, body, features, messagesMax);
        messages = reader.read(value);
        media = reader.media();
        stored = stored.isEmpty() ? reader.stored() : stored;
        int frame = BODY_BYTES + MESSAGE_BYTES * messages.size();
        otherBytes = Math.max(0, body.length - reader.knownBytes() - frame);
      }
      case "n" -> {
        Integer asked = Values.integer(p, name, 1, 128);
        answers = asked == null ? 1 : asked;
        addIf(answers > 1, Feature.MULTIPLE_CHOICES);
      }
      case "add_generation_prompt" -> addsPrompt = Values.bool(p, name);
      case "continue_final_message" -> addIf(Values.bool(p, name), Feature.CONTINUE);
      case "logprobs", "top_logprobs" -> {
        odds.read(name, value);
        addIf(odds.told(), Feature.LOGPROBS);
      }
      case "tools", "functions", "tool_choice", "function_call" -> tools(name, value);
      case "logit_bias" -> {
        odds.read(name, value);
        addIf(odds.biased(), Feature.LOGIT_BIAS);
      }
      case "response_format" -> {
        String type = form(name, () -> Values.typeOf(p, name, value));
        addIf(!"text".equals(type), Feature.RESPONSE_FORMAT);
      }
      case "extra_body" -> extra(value);
      case "modalities" -> addIf(Values.strings(p, name, value).contains("audio"), Feature.AUDIO);
      default -> others(name);
    }
  }

  /** Google's endpoint for OpenAI's language takes the name of what is cached there. */
  private void extra(JsonToken value) {
    int depth = value.isStructStart() ? 1 : 0;
    while (depth > 0) {
      JsonToken next = p.nextToken();
      depth += next.isStructStart() ? 1 : next.isStructEnd() ? -1 : 0;
      if (next == JsonToken.PROPERTY_NAME && CACHED.contains(p.currentName())) {
        stored = "extra_body.google." + p.currentName();
      }
    }
  }

  /** Reads over a member; the places of those that the engine reads are kept. */
  private void others(String name) {
    if (ENGINES.contains(name)) {
      form(name, p::skipChildren);
    } else {
      p.skipChildren();
    }
  }

  private void tools(String name, JsonToken value) {
    if (name.startsWith("tools") || name.startsWith("functions")) {
      addIf(form(name, () -> Values.notEmptyArray(p, name)), Feature.TOOLS);
    } else if (form(name, () -> forced(value))) {
      forcedBy = name;
    }
  }

  /** Keeps the place of what holds the answer to a form; the model's engine reads it. */
  private <T> T form(String name, Supplier<T> read) {
    var span = new Span();
    T value = span.around(p, read);
    forms.add(new Form(name, span.from, span.to));
    return value;
  }

  /**
   * Whether a call must come: "required", or the tool that an object names. Objects of other types,
   * such as allowed_tools, are the target's to judge.
   */
  private boolean forced(JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return value == JsonToken.VALUE_STRING && p.getString().equals("required");
    }
    boolean names = true;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean type = p.currentName().equals("type");
      if (p.nextToken() == JsonToken.VALUE_STRING && type) {
        names = p.getString().equals("function") || p.getString().equals("custom");
      } else {
        p.skipChildren();
      }
    }
    return names;
  }

  /** Fields that stand otherwise in a completion. */
  private void completionOnly(String name, JsonToken value) {
    switch (name) {
      case "logprobs", "logit_bias" -> odds.read(name, value);
      case "response_format" -> form(name, p::skipChildren);
      default -> {
        if (!completion.read(name, value)) {
          others(name);
        }
      }
    }
  }

  private void addIf(boolean asked, Feature feature) {
    if (asked) {
      features.add(feature);
    }
  }

  private boolean options(JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return false;
    }
    if (value != JsonToken.START_OBJECT) {
      throw Values.wrong("stream_options", "must be an object.");
    }
    options = true;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      p.nextToken();
      switch (name) {
        case "include_usage" -> includeUsage = Values.bool(p, "stream_options.include_usage");
        case "include_cost" -> includeCost = Values.bool(p, "stream_options.include_cost");
        default -> p.skipChildren();
      }
    }
    return true;
  }

  private List<String> stop(JsonToken value) {
    var all = new ArrayList<String>();
    if (value == JsonToken.VALUE_STRING) {
      all.add(p.getString());
    } else {
      all.addAll(Values.strings(p, "stop", value));
    }
    all.removeIf(String::isEmpty);
    if (all.size() > STOPS_MAX) {
      throw Values.wrong("stop", "may have at most " + STOPS_MAX + " entries.");
    }
    return List.copyOf(all);
  }

  private InferenceRequest checked(int open) {
    if (model == null || model.isEmpty()) {
      throw Values.wrong("model", "is required: a model's name, as in GET /v1/models.");
    }
    if (chat && (messages == null || messages.isEmpty())) {
      throw new Refused(new ApiError.MissingContent("messages"));
    }
    if (options && !stream && !includeCost) {
      throw Values.wrong("stream_options", "may only be given together with 'stream': true.");
    }
    Odds ofTokens = odds.odds();
    if (forcedBy != null && !features.contains(Feature.TOOLS)) {
      throw Values.wrong(forcedBy, "asks for a call of a tool, and no tools are given.");
    }
    if (features.contains(Feature.CONTINUE) && said().getLast().role() != Role.ASSISTANT) {
      throw Values.wrong("continue_final_message", "needs a last message of the assistant.");
    }
    if (features.contains(Feature.CONTINUE) && addsPrompt) {
      String detail = "can't be true together with 'continue_final_message'.";
      throw Values.wrong("add_generation_prompt", detail);
    }
    var request =
        new InferenceRequest(
            model,
            said(),
            stream,
            includeUsage,
            sampling(),
            stop,
            Set.copyOf(features),
            body,
            spans(open),
            chat
                ? new Asked.Chat(media, otherBytes, answers, List.copyOf(forms), names())
                : completion.asked(endless, forms),
            false,
            ofTokens);
    return includeCost ? request.withCost() : request;
  }

  private @Nullable ChatNames names() {
    return stored.isEmpty() ? null : new ChatNames(body.length, stored);
  }

  private List<Message> said() {
    if (messages != null) {
      return List.copyOf(messages);
    }
    String text = completion.text();
    return text.isEmpty() ? List.of() : List.of(new Message(Role.USER, text));
  }

  private Sampling sampling() {
    return new Sampling(
        temperature,
        topP,
        topK,
        minP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        seed,
        maxCompletionTokens != null ? maxCompletionTokens : maxTokens);
  }

  private Spans spans(int open) {
    return new Spans(
        open,
        modelSpan.from,
        modelSpan.to,
        streamSpan.from,
        streamSpan.to,
        optionsSpan.from,
        optionsSpan.to,
        saltSpan.from,
        saltSpan.to);
  }
}
