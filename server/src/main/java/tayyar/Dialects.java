package tayyar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.DialectFault;
import tayyar.api.Endpoint;
import tayyar.api.Refused;
import tayyar.api.Target;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.TargetDialect;
import tayyar.gemini.GeminiTargets;
import tayyar.http.Document;
import tayyar.http.InferenceHandler;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.messages.MessagesClients;
import tayyar.messages.MessagesTargets;
import tayyar.openai.OpenAiTargets;
import tayyar.responses.ResponsesClients;

/** The API languages: of targets, and the endpoints of those besides OpenAI's chats. */
final class Dialects {
  private static final TargetDialect CHATS = new OpenAiTargets();
  private static final TargetDialect MESSAGES = new MessagesTargets();
  private static final TargetDialect GENERATIONS = new GeminiTargets();

  private Dialects() {}

  /** Returns the language that a target speaks. */
  static TargetDialect of(Target target) {
    return switch (target.access().dialect()) {
      case OPENAI -> CHATS;
      case ANTHROPIC -> MESSAGES;
      case GEMINI -> GENERATIONS;
    };
  }

  /**
   * Returns their routes.
   *
   * @param more routes to go with them
   */
  static List<Route> routes(InferenceHandler chat, Bounds bounds, List<Route> more) {
    var all = new ArrayList<Route>(more);
    var messages = new MessagesClients();
    all.add(chat.route("/v1/messages", Endpoint.CHAT, messages));
    all.add(
        blocking(
            "/v1/messages/count_tokens",
            question -> json(messages.countTokens(question.body(), bounds)),
            messages));
    var responses = new ResponsesClients();
    all.add(chat.route("/v1/responses", Endpoint.CHAT, responses));
    all.add(
        blocking(
            "/v1/responses/input_tokens",
            question -> json(responses.countTokens(question.body(), bounds)),
            responses));
    all.add(refusing(Method.GET, "/v1/responses", new DialectFault.NoWebSocket(), responses));
    for (Method method : List.of(Method.GET, Method.DELETE, Method.POST)) {
      all.add(
          refusing(method, "/v1/responses/{id*}", new DialectFault.ResponseNotFound(), responses));
    }
    return all;
  }

  private static Route blocking(String path, Route.Blocking answer, ClientDialect dialect) {
    return new Route(Method.POST, path, Caller.KEY, answer, dialect);
  }

  private static Route refusing(
      Method method, String path, DialectFault why, ClientDialect dialect) {
    Route.Blocking answer =
        _ -> {
          throw new Refused(new ApiError.OfDialect(why));
        };
    return new Route(method, path, Caller.KEY, answer, dialect);
  }

  private static Document json(byte[] body) {
    return new Document(200, Map.of("Content-Type", "application/json"), body);
  }
}
