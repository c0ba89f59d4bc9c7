package tayyar.responses;

import java.util.Objects;
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
import tayyar.dialect.Reply;
import tayyar.dialect.StreamedAnswer;
import tayyar.openai.ErrorJson;
import tayyar.openai.JsonBody;
import tayyar.openai.OpenAiClients;
import tools.jackson.databind.node.ObjectNode;

/** Clients that speak the Responses API, such as Codex. */
public final class ResponsesClients implements ClientDialect {
  private final OpenAiClients chats = new OpenAiClients();

  /**
   * What an answer needs to know of its request.
   *
   * @param repeated the members that it repeats, each with a comma before it
   * @param summary whether the model's thinking is wanted as a summary
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Sent(int bytes, byte[] repeated, boolean summary) implements Original {}

  @Override
  public String word() {
    return "responses";
  }

  @Override
  public InferenceRequest read(Endpoint endpoint, byte[] body, Bounds bounds) {
    ObjectNode from = JsonBody.read(body);
    byte[] chat = JsonBody.bytes(ResponsesBody.chat(from));
    boolean summary = from.path("reasoning").path("summary").isString();
    return chats
        .read(Endpoint.CHAT, chat, bounds)
        .of(new Sent(body.length, Repeated.of(from), summary));
  }

  @Override
  public int atOnceBytes() {
    return JsonBody.AT_ONCE_BYTES;
  }

  @Override
  public Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room) {
    var sent = (Sent) Objects.requireNonNull(request.original());
    String number = who.requestId().substring(who.requestId().indexOf('_') + 1);
    var head = new ResponseJson(number, who.startedAtMs() / 1000, sent.repeated);
    if (request.stream()) {
      var events = new ResponsesEvents(head, request.model(), sent.summary, room);
      return new StreamedAnswer(reply, events, bounds.of(Bound.MERGE_BYTES), room);
    }
    var document = new ResponsesDocument(head, sent.summary);
    return new CollectedAnswer(
        reply, document, request.model(), bounds.of(Bound.WHOLE_BYTES), room);
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
    return ErrorJson.bytes(error.message(), type, error.param(), code);
  }

  /**
   * Answers the body of a request that only asks how many tokens its input has; an estimate.
   *
   * @throws tayyar.api.Refused if it is invalid
   */
  public byte[] countTokens(byte[] body, Bounds bounds) {
    int tokens = read(Endpoint.CHAT, body, bounds).estimatedTokens();
    return JsonBody.bytes(
        JsonBody.object().put("object", "response.input_tokens").put("input_tokens", tokens));
  }
}
