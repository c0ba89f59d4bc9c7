package tayyar.bench;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The fields of all requests to an endpoint over HTTP/2. Immutable. */
final class Http2Fields {
  /** Those of a connection of HTTP/1.1, which HTTP/2 forbids. */
  private static final Set<String> FORBIDDEN =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private record Field(AsciiString name, AsciiString value) {}

  private final List<Field> fields = new ArrayList<>();

  Http2Fields(MeasuredEndpoint endpoint) {
    boolean tls = endpoint.peer() instanceof Peer.Tcp tcp && tcp.tls();
    add(PseudoHeaderName.METHOD, "POST");
    add(PseudoHeaderName.SCHEME, tls ? "https" : "http");
    add(PseudoHeaderName.AUTHORITY, authority(endpoint));
    add(PseudoHeaderName.PATH, endpoint.path() + endpoint.call() + endpoint.query());
    if (!endpoint.key().isEmpty()) {
      add("authorization", "Bearer " + endpoint.key());
    }
    for (String field : endpoint.headers()) {
      String name = name(field);
      if (!name.equals("host") && !FORBIDDEN.contains(name)) {
        add(name, value(field));
      }
    }
    add("user-agent", "tayyar-bench");
    add("accept", "text/event-stream, application/json");
    add("content-type", "application/json");
  }

  private static String authority(MeasuredEndpoint endpoint) {
    return endpoint.headers().stream()
        .filter(field -> name(field).equals("host"))
        .map(Http2Fields::value)
        .findFirst()
        .orElse(endpoint.host());
  }

  private static String name(String field) {
    return field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  private static String value(String field) {
    return field.substring(field.indexOf(':') + 1).strip();
  }

  private void add(PseudoHeaderName name, String value) {
    fields.add(new Field(name.value(), new AsciiString(value)));
  }

  private void add(String name, String value) {
    fields.add(new Field(AsciiString.cached(name), new AsciiString(value)));
  }

  /** The head of a request. */
  Http2Headers head(int bodyBytes) {
    Http2Headers head = new DefaultHttp2Headers(false, 2 * fields.size());
    for (Field field : fields) {
      head.add(field.name(), field.value());
    }
    return head.addInt(HttpHeaderNames.CONTENT_LENGTH, bodyBytes);
  }
}
