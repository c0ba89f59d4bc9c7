package tayyar.responses;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Original;
import tayyar.api.Room;
import tayyar.api.Who;
import tayyar.dialect.Answer;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.Head;
import tayyar.dialect.Reply;
import tayyar.dialect.StreamedAnswer;
import tayyar.openai.AccountFiles;
import tayyar.openai.ErrorJson;
import tayyar.openai.JsonBody;
import tayyar.openai.OpenAiClients;
import tayyar.stored.Shelf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Clients that speak the Responses API, such as Codex. */
public final class ResponsesClients implements ClientDialect {
  /**
   * A request with one of these is read where it may wait for the database; the last begins an
   * escaped letter, of which a name may be made.
   */
  private static final List<String> REFERENCES =
      List.of("\"previous_response_id\"", "\"item_reference\"", "\\u00");

  private static final String PREVIOUS = "previous_response_id";

  private final OpenAiClients chats = new OpenAiClients();
  private final Runs runs = new Runs();
  private final @Nullable Shelf shelf;

  /**
   * Joins them with the responses that are stored.
   *
   * @param shelf where they are, or null where the operator lets none be
   */
  public ResponsesClients(@Nullable Shelf shelf) {
    this.shelf = shelf;
    if (shelf != null) {
      shelf.onCancel(runs::cancel);
    }
  }

  /**
   * The pages of stored responses.
   *
   * @param fault why a key, by its id, may not be used any more; null where it may
   */
  public ResponsePages pages(Bounds bounds, Function<String, @Nullable ApiError> fault) {
    return new ResponsePages(shelf, runs, bounds, fault, this);
  }

  /**
   * What an answer needs to know of its request.
   *
   * @param bytes of the body as it came
   * @param body what a target of the same language is asked: the same, but for what is stored here
   * @param untold the place of the first part that no chat can tell, or empty
   * @param stored the place where the operator's files at a target are named, or empty
   * @param repeated the members that it repeats, each with a comma before it
   * @param summary whether the model's thinking is wanted as a summary
   * @param keeping how the response is stored, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Sent(
      int bytes,
      byte[] body,
      String untold,
      String stored,
      byte[] repeated,
      boolean summary,
      @Nullable Keeping keeping)
      implements Original {}

  @Override
  public String word() {
    return "responses";
  }

  @Override
  public InferenceRequest read(Endpoint endpoint, byte[] body, Bounds bounds) {
    return read(tree(body), body, null, false, bounds);
  }

  @Override
  public InferenceRequest read(Endpoint endpoint, byte[] body, Head head, Bounds bounds) {
    ObjectNode from = tree(body);
    Keeping keeping = null;
    boolean found = false;
    if (shelf != null) {
      String organisation = head.key().account().organisationId();
      int bytesMax = bounds.of(Bound.BODY_BYTES);
      var earlier = new Earlier(shelf, organisation, head.room(), bytesMax);
      keeping = keeping(shelf, organisation, from, earlier);
      found = earlier.found();
    }
    return read(from, body, keeping, found, bounds);
  }

  private static ObjectNode tree(byte[] body) {
    ObjectNode from = JsonBody.read(body);
    for (String name : List.of("store", "background")) {
      if (isThere(from, name) && !from.path(name).isBoolean()) {
        throw JsonBody.wrong(name, "must be true or false.");
      }
    }
    JsonNode previous = from.path(PREVIOUS);
    if (isThere(from, PREVIOUS) && (!previous.isString() || previous.asString().isBlank())) {
      throw JsonBody.wrong(PREVIOUS, "must be a response's id.");
    }
    return from;
  }

  private static boolean isThere(ObjectNode from, String name) {
    return !from.path(name).isMissingNode() && !from.path(name).isNull();
  }

  private InferenceRequest read(
      ObjectNode from, byte[] body, @Nullable Keeping keeping, boolean found, Bounds bounds) {
    boolean background = keeping != null && keeping.background();
    byte[] repeated = Repeated.of(from, background);
    if (background) {
      from.put("stream", true); // Nobody waits for a document.
    }
    String stored = AccountFiles.in(from);
    var told = new ResponsesBody(from, shelf != null);
    byte[] chat = JsonBody.bytes(told.chat());
    boolean summary = from.path("reasoning").path("summary").isString();
    byte[] same = background || found ? itself(from) : body;
    return chats
        .read(Endpoint.CHAT, chat, bounds)
        .of(new Sent(body.length, same, told.untold(), stored, repeated, summary, keeping));
  }

  /** What a target is asked in place of what only this gateway has stored, or does. */
  private static byte[] itself(ObjectNode from) {
    return JsonBody.bytes(from.without(List.of("previous_response_id", "background")));
  }

  /**
   * Puts what a request names of stored responses in its place.
   *
   * @return null where the response is not to be stored
   */
  private static @Nullable Keeping keeping(
      Shelf shelf, String organisation, ObjectNode from, Earlier earlier) {
    JsonNode input = from.path("input");
    ArrayNode own = earlier.own(input);
    @Nullable String previous = from.path("previous_response_id").asString(null);
    if (input.isString() || input.isArray()) {
      ArrayNode all = previous == null ? own : earlier.conversation(previous).addAll(own);
      if (input.isArray() || previous != null) {
        from.set("input", all);
      }
    }
    boolean background = from.path("background").asBoolean(false);
    if (!from.path("store").asBoolean(true)) {
      if (background) {
        throw JsonBody.wrong("background", "needs 'store': true.");
      }
      return null;
    }
    boolean streamed = from.path("stream").asBoolean(false);
    return new Keeping(shelf, organisation, previous, JsonBody.bytes(own), background, streamed);
  }

  @Override
  public int atOnceBytes() {
    return JsonBody.AT_ONCE_BYTES;
  }

  @Override
  public boolean isReadAtOnce(byte[] body) {
    return body.length <= atOnceBytes() && (shelf == null || !mayRefer(body));
  }

  private static boolean mayRefer(byte[] body) {
    String text = new String(body, ISO_8859_1);
    return REFERENCES.stream().anyMatch(text::contains);
  }

  @Override
  public Reply reply(
      InferenceRequest request, Who who, Reply client, EventLoop loop, Bounds bounds, Room room) {
    var sent = sent(request);
    Keeping keeping = sent.keeping;
    return keeping == null || !keeping.background()
        ? client
        : new Running(
            runs, keeping, client, loop, bounds, room, who, sent, number(who), request.model());
  }

  private static Sent sent(InferenceRequest request) {
    return (Sent) Objects.requireNonNull(request.original());
  }

  private static String number(Who who) {
    return who.requestId().substring(who.requestId().indexOf('_') + 1);
  }

  @Override
  public Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room) {
    if (reply instanceof Running running) {
      return running.answer();
    }
    var sent = sent(request);
    var head =
        new ResponseJson(number(who), who.startedAtMs() / 1000, sent.repeated, keeper(sent, who));
    if (request.stream()) {
      var events = new ResponsesEvents(head, request.model(), sent.summary, room);
      return new StreamedAnswer(reply, events, bounds.of(Bound.MERGE_BYTES), room);
    }
    var document = new ResponsesDocument(head, sent.summary);
    return new CollectedAnswer(
        reply, document, request.model(), bounds.of(Bound.WHOLE_BYTES), room);
  }

  private static ResponseJson.@Nullable Keeper keeper(Sent sent, Who who) {
    Keeping keeping = sent.keeping;
    if (keeping == null) {
      return null;
    }
    String id = "resp_" + number(who);
    return response ->
        keeping.shelf().put(keeping.state(id, who.startedAtMs(), false, response, null));
  }

  /** Codex asks again after 402; a balance that is used up has another status there. */
  @Override
  public int status(ApiError error) {
    return error.status() == 402 ? 429 : error.status();
  }

  @Override
  public byte[] error(ApiError error) {
    String code = Failure.code(error);
    String type = error.status() == 402 ? Failure.INSUFFICIENT_QUOTA : error.type();
    String inside = error.param();
    String param = named(inside);
    String message = error.message().replace("'" + inside + "'", "'" + param + "'");
    return ErrorJson.bytes(message, type, param, code);
  }

  /** Inside, a request has the names of chats. */
  private static @Nullable String named(@Nullable String param) {
    if (param == null) {
      return null;
    }
    return param.startsWith("messages")
        ? "input"
        : param.equals("max_tokens") ? "max_output_tokens" : param;
  }

  @Override
  public byte[] count(int tokens) {
    return JsonBody.bytes(
        JsonBody.object().put("object", "response.input_tokens").put("input_tokens", tokens));
  }
}
