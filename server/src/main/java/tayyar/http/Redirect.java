package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntSupplier;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;

/**
 * Sends whoever comes without TLS to the same path with it, by the name that was asked for. Method
 * and body stay (308).
 */
public final class Redirect {
  private static final int HTTPS = 443;

  private final IntSupplier port;

  private Redirect(IntSupplier port) {
    this.port = port;
  }

  /**
   * Creates a table that redirects all paths.
   *
   * @param port where TLS is spoken
   */
  public static List<Route> routes(IntSupplier port) {
    var redirect = new Redirect(port);
    Route.OnLoop handler =
        exchange -> {
          redirect.answer(exchange);
          return null;
        };
    List<Route> table = new ArrayList<>();
    for (Method method : Method.values()) {
      table.add(new Route(method, "/", Caller.EVERYBODY, handler));
      table.add(new Route(method, "/{rest*}", Caller.EVERYBODY, handler));
    }
    return table;
  }

  private void answer(Exchange exchange) {
    String host = RequestTarget.name(exchange.headers().get(HttpHeaderNames.HOST, ""));
    if (host.isEmpty()) {
      throw new Refused(new ApiError.InvalidHttp("it names no host to send it to by https."));
    }
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    String at = port.getAsInt() == HTTPS ? name : name + ":" + port.getAsInt();
    var fields = new LinkedHashMap<String, String>();
    fields.put("Location", "https://" + at + RequestTarget.withoutAuthority(exchange.uri()));
    exchange.reply().document(new Document(308, fields, Document.NO_BODY));
  }
}
