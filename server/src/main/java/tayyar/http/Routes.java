package tayyar.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Talker;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;

/**
 * A listener's table of routes. Paths without parameters are found without an allocation. Used by
 * all event loops.
 */
public final class Routes {
  private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9_, -]{1,1024}");
  private static final String USUAL_HEADERS = "authorization, content-type, x-request-id";

  /** The routes of one path. */
  private static final class Place {
    private final Map<Method, Route> routes = new EnumMap<>(Method.class);
    private String allow = "";
    private @Nullable ClientDialect dialect;

    void add(Route route) {
      dialect = route.dialect();
      if (routes.put(route.method(), route) != null) {
        throw new IllegalArgumentException("two routes for " + route.method() + route.path());
      }
      allow = allow(routes);
    }

    private static String allow(Map<Method, Route> routes) {
      var names = new ArrayList<String>();
      for (Method method : routes.keySet()) {
        names.add(method.name());
        if (method == Method.GET) {
          names.add("HEAD");
        }
      }
      names.add("OPTIONS");
      return String.join(", ", names);
    }
  }

  private record Patterned(PathPattern pattern, Place place) {}

  private final Map<String, Place> exact = new HashMap<>();
  private final List<Patterned> patterns = new ArrayList<>();
  private final Gate gate;
  private final ClientDialect dialect;
  private final boolean forPages;
  private final String allow;

  private Routes(List<Route> table, Gate gate, ClientDialect dialect, boolean forPages) {
    this.dialect = dialect;
    this.gate = gate;
    this.forPages = forPages;
    var patterned = new LinkedHashMap<String, Place>();
    var all = new EnumMap<Method, Route>(Method.class);
    for (Route route : table) {
      all.put(route.method(), route);
      Map<String, Place> places = PathPattern.hasParameters(route.path()) ? patterned : exact;
      places.computeIfAbsent(route.path(), _ -> new Place()).add(route);
    }
    patterned.forEach((path, at) -> patterns.add(new Patterned(PathPattern.of(path), at)));
    this.allow = Place.allow(all);
  }

  /**
   * Creates the API's table; pages of any origin may use it.
   *
   * @param more further routes
   * @param dialect the dialect of the errors, and of the endpoints that each server has
   * @param files the playground, or null for a server without pages
   */
  public static Routes api(
      InferenceHandler chat,
      ModelsHandler models,
      List<Route> more,
      ClientDialect dialect,
      @Nullable StaticFiles files,
      Gate gate) {
    var table = new ArrayList<Route>(more);
    for (Endpoint endpoint : Endpoint.values()) {
      table.add(chat.route("/v1" + endpoint.path(), endpoint, dialect));
    }
    table.add(Route.page("/v1/models", Caller.KEY_OR_NONE, models::list));
    table.add(
        Route.page("/v1/models/{id*}", Caller.KEY_OR_NONE, x -> models.one(x, x.parameter("id"))));
    table.add(Route.page("/health", Routes::health));
    if (files != null) {
      table.add(Route.page("/", files::page));
      table.add(Route.page("/web/{file}", x -> files.file(x, x.parameter("file"))));
      table.add(Route.page("/lib/{file}", x -> files.library(x, x.parameter("file"))));
    }
    return new Routes(table, gate, dialect, true);
  }

  /**
   * Creates a table that pages of other origins may not use.
   *
   * @param dialect the dialect of the errors
   */
  public static Routes of(List<Route> table, Gate gate, ClientDialect dialect) {
    return new Routes(table, gate, dialect, false);
  }

  /**
   * Returns all that it serves, each as a method and a path, such as {@code GET /v1/models/{id*}}.
   */
  Set<String> operations() {
    return Stream.concat(exact.values().stream(), patterns.stream().map(Patterned::place))
        .flatMap(place -> place.routes.values().stream())
        .map(route -> route.method() + " " + route.path())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the dialect of the errors. */
  ClientDialect dialect() {
    return dialect;
  }

  /** Whether pages of other origins may read the answers. */
  boolean forPages() {
    return forPages;
  }

  /**
   * Answers a request whose head has come, or admits it.
   *
   * @param room the memory for a body that no permit stands for
   * @return the admitted request, which awaits its body; null where it is answered
   */
  @Nullable Asked begin(Exchange exchange, Room room) {
    try {
      return dispatch(exchange, room);
    } catch (Refused e) {
      exchange.error(e.error());
      return null;
    }
  }

  private @Nullable Asked dispatch(Exchange exchange, Room room) {
    Place place = exact.get(exchange.uri());
    String path = place == null ? RequestTarget.path(exchange.uri()) : exchange.uri();
    if (place == null) {
      place = find(path, exchange);
    }
    if (place != null && place.dialect != null) {
      exchange.reply().speak(place.dialect);
    }
    String method = exchange.method().name();
    return switch (method) {
      case "GET", "HEAD" -> begin(route(place, Method.GET, path, method), exchange, room);
      case "POST" -> begin(route(place, Method.POST, path, method), exchange, room);
      case "PUT" -> begin(route(place, Method.PUT, path, method), exchange, room);
      case "PATCH" -> begin(route(place, Method.PATCH, path, method), exchange, room);
      case "DELETE" -> begin(route(place, Method.DELETE, path, method), exchange, room);
      case "TRACE", "CONNECT" -> begin(route(place, null, path, method), exchange, room);
      case "OPTIONS" -> options(exchange, place, path);
      default -> throw new Refused(new ApiError.MethodUnknown(RequestChecks.shown(method)));
    };
  }

  private @Nullable Place find(String path, @Nullable Exchange exchange) {
    Place place = exact.get(path);
    for (int i = 0; place == null && i < patterns.size(); i++) {
      Map<String, String> parameters = patterns.get(i).pattern().match(path);
      if (parameters != null) {
        place = patterns.get(i).place();
        if (exchange != null) {
          exchange.parameters(parameters);
        }
      }
    }
    return place;
  }

  private Route route(@Nullable Place place, @Nullable Method method, String path, String asked) {
    if (place == null) {
      throw notFound(path);
    }
    Route route = method == null ? null : place.routes.get(method);
    if (route == null) {
      throw new Refused(new ApiError.MethodNotAllowed(asked, place.allow));
    }
    return route;
  }

  private @Nullable Asked begin(Route route, Exchange exchange, Room room) {
    ApiError refused = gate.refuses(route.caller(), exchange);
    return switch (route.handler()) {
      case Route.OnLoop handler -> {
        if (refused == null) {
          yield handler.begin(exchange);
        }
        handler.refuse(exchange, refused);
        yield null;
      }
      case Route.Following(Route.Follow first, Route.Blocking otherwise) -> {
        if (refused != null) {
          throw new Refused(refused);
        }
        var question = new Question(exchange, Document.NO_BODY);
        boolean head = exchange.method().equals(HttpMethod.HEAD);
        Talker begun = head ? null : first.begin(question, exchange.reply(), exchange.loop());
        if (begun == null) {
          yield new Errand(exchange, otherwise, room);
        }
        exchange.talker(begun);
        yield null;
      }
      case Route.Blocking handler -> {
        ApiError wrong = refused == null ? RequestChecks.coding(exchange.headers()) : refused;
        if (wrong != null) {
          throw new Refused(wrong);
        }
        yield new Errand(exchange, handler, room);
      }
    };
  }

  private Refused notFound(String path) {
    String meant = Meant.path(path, exact.keySet(), at -> find(at, null) != null);
    return new Refused(new ApiError.NotFound(RequestChecks.shown(path), meant));
  }

  /** Answers OPTIONS. For pages it succeeds on unknown paths too, so that they can read the 404. */
  private @Nullable Asked options(Exchange exchange, @Nullable Place place, String path) {
    if (place == null && !forPages && !path.equals("*")) {
      throw notFound(path);
    }
    var fields = new LinkedHashMap<String, String>();
    fields.put("Allow", place == null ? allow : place.allow);
    if (forPages) {
      String asked = exchange.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
      boolean echo = asked != null && HEADER_NAMES.matcher(asked).matches();
      fields.put("Access-Control-Allow-Methods", allow);
      fields.put(
          "Access-Control-Allow-Headers",
          echo && asked != null ? asked + ", authorization" : USUAL_HEADERS);
      fields.put("Access-Control-Max-Age", "7200");
      fields.put("Vary", "Access-Control-Request-Headers");
    }
    exchange.reply().document(new Document(200, fields, Document.NO_BODY));
    return null;
  }

  private static void health(Exchange exchange) {
    byte[] ok = "{\"status\":\"ok\"}".getBytes(StandardCharsets.US_ASCII);
    exchange.reply().whole(Unpooled.wrappedBuffer(ok));
  }
}
