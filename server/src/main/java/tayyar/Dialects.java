package tayyar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.dialect.ClientDialect;
import tayyar.http.Document;
import tayyar.http.InferenceHandler;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.messages.MessagesClients;

/** The endpoints of the API languages besides OpenAI's chats. */
final class Dialects {
  private Dialects() {}

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
    return all;
  }

  private static Route blocking(String path, Route.Blocking answer, ClientDialect dialect) {
    return new Route(Method.POST, path, Caller.KEY, answer, dialect);
  }

  private static Document json(byte[] body) {
    return new Document(200, Map.of("Content-Type", "application/json"), body);
  }
}
