package tayyar.admin;

import java.util.List;
import java.util.Map;
import tayyar.http.Document;
import tayyar.http.Resource;
import tayyar.http.Route;
import tayyar.http.Route.Caller;

/** The description of {@code /admin/v1}, as OpenAPI 3.1. It is no secret and needs no token. */
final class Description {
  private Description() {}

  static List<Route> routes() {
    byte[] bytes = Resource.bytes(Description.class, "openapi.json");
    Document document = new Document(200, Map.of("Content-Type", "application/json"), bytes);
    return List.of(Route.document(Desk.BASE + "/openapi.json", Caller.OPERATOR, _ -> document));
  }
}
