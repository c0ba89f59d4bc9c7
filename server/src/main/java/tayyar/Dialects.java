package tayyar;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.DialectFault;
import tayyar.api.Endpoint;
import tayyar.api.Refused;
import tayyar.api.Target;
import tayyar.dialect.TargetDialect;
import tayyar.gemini.GeminiTargets;
import tayyar.http.CountHandler;
import tayyar.http.Document;
import tayyar.http.InferenceHandler;
import tayyar.http.Question;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.keys.KeyRing;
import tayyar.messages.MessagesClients;
import tayyar.messages.MessagesTargets;
import tayyar.openai.OpenAiTargets;
import tayyar.responses.ResponsePages;
import tayyar.responses.ResponsesClients;
import tayyar.responses.ResponsesTargets;
import tayyar.stored.Shelf;

/** The API languages: of targets, and the endpoints of those besides OpenAI's chats. */
final class Dialects {
  private static final TargetDialect CHATS = new OpenAiTargets();
  private static final TargetDialect MESSAGES = new MessagesTargets();
  private static final TargetDialect GENERATIONS = new GeminiTargets();
  private static final TargetDialect RESPONSES = new ResponsesTargets();

  private Dialects() {}

  /** Returns the language that a target speaks. */
  static TargetDialect of(Target target) {
    return switch (target.access().dialect()) {
      case OPENAI -> CHATS;
      case ANTHROPIC -> MESSAGES;
      case GEMINI -> GENERATIONS;
      case RESPONSES -> RESPONSES;
    };
  }

  /**
   * Returns their routes.
   *
   * @param keys ends what is read with keys that have become void
   * @param shelf where responses are stored, or null
   * @param more routes to go with them
   */
  static List<Route> routes(
      InferenceHandler chat,
      CountHandler counts,
      KeyRing keys,
      Bounds bounds,
      @Nullable Shelf shelf,
      List<Route> more) {
    var all = new ArrayList<Route>(more);
    var messages = new MessagesClients();
    all.add(chat.route("/v1/messages", Endpoint.CHAT, messages));
    all.add(counts.route("/v1/messages/count_tokens", messages));
    var responses = new ResponsesClients(shelf);
    all.add(chat.route("/v1/responses", Endpoint.CHAT, responses));
    all.add(counts.route("/v1/responses/input_tokens", responses));
    all.add(
        new Route(
            Method.GET,
            "/v1/responses",
            Caller.KEY,
            (Route.Blocking) Dialects::noWebSocket,
            responses));
    ResponsePages pages = responses.pages(bounds, keys::fault);
    keys.onVoid(pages::end);
    all.addAll(pages.routes());
    return all;
  }

  private static Document noWebSocket(Question question) {
    throw new Refused(new ApiError.OfDialect(new DialectFault.NoWebSocket()));
  }
}
