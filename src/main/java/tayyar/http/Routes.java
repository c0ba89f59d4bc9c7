package tayyar.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Endpoint;
import tayyar.api.Refused;
import tayyar.dialect.ClientDialect;

/** Which path leads where. */
public final class Routes {
  private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9_, -]{1,1024}");
  private static final String USUAL_HEADERS = "authorization, content-type, x-request-id";

  /** Takes requests at one path by their head. */
  @FunctionalInterface
  interface Handler {
    /**
     * Answers, or lets the request in.
     *
     * @param rest what stands in the path behind the route's own, decoded; may be empty
     * @return what waits for the body; null where the request is answered
     */
    @Nullable Asked handle(Exchange exchange, String rest);
  }

  /** Answers at once, whatever the body is. */
  @FunctionalInterface
  private interface Page {
    void answer(Exchange exchange, String rest);
  }

  /** What errors are told in. */
  ClientDialect dialect() {
    return dialect;
  }

  private record Route(List<HttpMethod> methods, Handler handler) {
    String allow() {
      return String.join(", ", methods.stream().map(HttpMethod::name).toList()) + ", OPTIONS";
    }
  }

  private static final List<HttpMethod> POST = List.of(HttpMethod.POST);
  private static final List<HttpMethod> GET = List.of(HttpMethod.GET, HttpMethod.HEAD);

  private final ClientDialect dialect;
  private final Map<String, Route> exact;
  private final Map<String, Route> below;

  /**
   * The API's paths.
   *
   * @param files the playground, or null for a server without pages
   */
  public Routes(ChatHandler chat, ModelsHandler models, @Nullable StaticFiles files) {
    dialect = chat.dialect();
    var routes = new java.util.HashMap<String, Route>();
    for (Endpoint endpoint : Endpoint.values()) {
      routes.put("/v1" + endpoint.path(), new Route(POST, (x, rest) -> chat.begin(x, endpoint)));
    }
    routes.put("/v1/models", page((x, rest) -> models.list(x)));
    routes.put("/health", page((x, rest) -> health(x)));
    var prefixes = new java.util.HashMap<String, Route>();
    prefixes.put("/v1/models/", page((x, rest) -> models.one(x, rest)));
    if (files != null) {
      routes.put("/", page((x, rest) -> files.page(x)));
      prefixes.put("/web/", page((x, rest) -> files.file(x, rest)));
      prefixes.put("/lib/", page((x, rest) -> files.library(x, rest)));
    }
    exact = Map.copyOf(routes);
    below = Map.copyOf(prefixes);
  }

  private static Route page(Page page) {
    return new Route(
        GET,
        (exchange, rest) -> {
          page.answer(exchange, rest);
          return null;
        });
  }

  /**
   * Answers a request whose head has come, or lets it in.
   *
   * @return what waits for the body; null where the request is answered
   */
  @Nullable Asked begin(Exchange exchange) {
    try {
      return dispatch(exchange);
    } catch (Refused e) {
      exchange.error(e.error());
      return null;
    }
  }

  private @Nullable Asked dispatch(Exchange exchange) {
    if (exchange.method().equals(HttpMethod.OPTIONS)) {
      preflight(exchange);
      return null;
    }
    String path = exchange.uri();
    Route route = exact.get(path);
    if (route == null) {
      path = path(path);
      route = exact.get(path);
    }
    String rest = "";
    if (route == null) {
      int slash = path.indexOf('/', path.startsWith("/v1/models/") ? 10 : 1);
      if (slash > 0) {
        route = below.get(path.substring(0, slash + 1));
        rest = path.substring(slash + 1);
      }
    }
    if (route == null) {
      throw new Refused(new ApiError.NotFound(shown(path)));
    }
    if (!route.methods().contains(exchange.method())) {
      throw new Refused(new ApiError.MethodNotAllowed(exchange.method().name(), route.allow()));
    }
    return route.handler().handle(exchange, rest);
  }

  private static String path(String uri) {
    int from = 0;
    if (!uri.startsWith("/")) {
      int scheme = uri.indexOf("://");
      from = scheme < 0 ? -1 : uri.indexOf('/', scheme + 3);
    }
    int query = uri.indexOf('?');
    String path = from < 0 ? "/" : uri.substring(from, query < from ? uri.length() : query);
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refused(new ApiError.NotFound(shown(path)));
    }
  }

  private static String shown(String path) {
    return Clip.marked(200, path);
  }

  private static void preflight(Exchange exchange) {
    String asked = exchange.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
    boolean echo = asked != null && HEADER_NAMES.matcher(asked).matches();
    var fields = new java.util.LinkedHashMap<String, String>();
    fields.put("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS");
    fields.put(
        "Access-Control-Allow-Headers",
        echo && asked != null ? asked + ", authorization" : USUAL_HEADERS);
    fields.put("Access-Control-Max-Age", "7200");
    fields.put("Vary", "Access-Control-Request-Headers");
    exchange.reply().document(new Document(200, fields, Document.NO_BODY));
  }

  private static void health(Exchange exchange) {
    byte[] ok = "{\"status\":\"ok\"}".getBytes(StandardCharsets.US_ASCII);
    exchange.reply().whole(Unpooled.wrappedBuffer(ok));
  }
}
