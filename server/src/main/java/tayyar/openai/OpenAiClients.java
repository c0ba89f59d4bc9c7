package tayyar.openai;

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
import tayyar.dialect.Reply;
import tayyar.dialect.StreamedAnswer;

/**
 * OpenAI's API as clients use it.
 *
 * @see <a href="https://github.com/openai/openai-openapi">OpenAI's OpenAPI document</a>
 */
public final class OpenAiClients implements ClientDialect {
  private final boolean early;

  /** Clients of any kind. */
  public OpenAiClients() {
    this(false);
  }

  private OpenAiClients(boolean early) {
    this.early = early;
  }

  /**
   * A gateway of our own, which is told with the first event of a stream what is known of its
   * tokens by then. OpenAI's own clients are told null there.
   */
  public static OpenAiClients gateway() {
    return new OpenAiClients(true);
  }

  @Override
  public String word() {
    return "openai";
  }

  @Override
  public InferenceRequest read(Endpoint endpoint, byte[] body, Bounds bounds) {
    return switch (endpoint) {
      case CHAT -> ChatBody.chat(body, bounds.of(Bound.MESSAGES));
      case COMPLETIONS -> ChatBody.completion(body);
      case EMBEDDINGS -> EmbeddingsBody.read(body, bounds);
    };
  }

  @Override
  public int atOnceBytes() {
    return 64 * 1024;
  }

  @Override
  public Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room) {
    if (request.endpoint() == Endpoint.EMBEDDINGS) {
      return new EmbeddingsAnswer(reply, request.model(), bounds.of(Bound.WHOLE_BYTES), room);
    }
    boolean chat = request.endpoint() == Endpoint.CHAT;
    String number = who.requestId().substring(who.requestId().indexOf('_') + 1);
    String id = (chat ? "chatcmpl-" : "cmpl-") + number;
    long created = who.startedAtMs() / 1000;
    if (!request.stream()) {
      var document = new ChatDocument(id, created, chat);
      return new CollectedAnswer(
          reply, document, request.model(), bounds.of(Bound.WHOLE_BYTES), room);
    }
    var chunks = new Chunks(id, created, request.model(), request.includeUsage(), early, chat);
    return new StreamedAnswer(reply, chunks, bounds.of(Bound.MERGE_BYTES), room);
  }

  @Override
  public byte[] error(ApiError error) {
    return ErrorJson.bytes(error);
  }
}
