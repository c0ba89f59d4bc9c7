package tayyar.messages;

import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Who;
import tayyar.dialect.Answer;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.Head;
import tayyar.dialect.Reply;
import tayyar.dialect.StreamedAnswer;
import tayyar.openai.AccountFiles;
import tayyar.openai.JsonBody;
import tayyar.openai.OpenAiClients;
import tools.jackson.databind.node.ObjectNode;

/** Clients that speak the Messages API, such as Claude Code. */
public final class MessagesClients implements ClientDialect {
  private final OpenAiClients chats = new OpenAiClients();

  @Override
  public String word() {
    return "anthropic";
  }

  @Override
  public InferenceRequest read(Endpoint endpoint, byte[] body, Bounds bounds) {
    return read(body, "", "", bounds);
  }

  @Override
  public InferenceRequest read(Endpoint endpoint, byte[] body, Head head, Bounds bounds) {
    String version = word(head.field("anthropic-version"));
    return read(body, version, word(head.field("anthropic-beta")), bounds);
  }

  private InferenceRequest read(byte[] body, String version, String beta, Bounds bounds) {
    ObjectNode from = JsonBody.read(body);
    String stored = AccountFiles.in(from);
    var told = new MessagesBody(from);
    byte[] chat = JsonBody.bytes(told.chat());
    return chats
        .read(Endpoint.CHAT, chat, bounds)
        .of(new Sent(body, told.untold(), stored, version, beta));
  }

  /** What is too long, or not of ASCII, is no such field. */
  private static String word(String field) {
    return field.matches("[ -~]{0,2000}") ? field : "";
  }

  @Override
  public int atOnceBytes() {
    return JsonBody.AT_ONCE_BYTES;
  }

  @Override
  public Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room) {
    String id = "msg_" + who.requestId().substring(who.requestId().indexOf('_') + 1);
    if (request.stream()) {
      var events = new MessagesEvents(id, request.model(), request.estimatedTokens());
      return new StreamedAnswer(reply, events, bounds.of(Bound.MERGE_BYTES), room);
    }
    var document = new MessagesDocument(id);
    return new CollectedAnswer(
        reply, document, request.model(), bounds.of(Bound.WHOLE_BYTES), room);
  }

  @Override
  public byte[] error(ApiError error) {
    return ErrorEnvelope.of(error);
  }
}
