package tayyar.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;

/** The description of {@code /admin/v1}, as OpenAPI 3.1. It is no secret and needs no token. */
final class Description {
  private Description() {}

  static List<Route> routes() {
    Document document = new Document(200, Map.of("Content-Type", "application/json"), bytes());
    Route.Blocking answer = _ -> document;
    return List.of(new Route(Method.GET, Desk.BASE + "/openapi.json", Caller.OPERATOR, answer));
  }

  private static byte[] bytes() {
    try (InputStream in =
        Objects.requireNonNull(Description.class.getResourceAsStream("openapi.json"))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
