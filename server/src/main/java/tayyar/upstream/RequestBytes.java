package tayyar.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.api.Trace;
import tayyar.dialect.BodyWriter;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.BodyWriter.Written;
import tayyar.dialect.TargetDialect;
import tayyar.wire.Ascii;

/**
 * Writes the requests to one target: the head itself, the body in the target's dialect. Immutable.
 */
final class RequestBytes {
  private static final byte[] LENGTH = bytes("\r\nContent-Length: ");
  private static final byte[] END = bytes("\r\n\r\n");

  /** The bytes before a request's id. */
  private final Map<Form, Map<Endpoint, byte[]>> heads = new EnumMap<>(Form.class);

  private final TargetDialect dialect;
  private final BodyWriter bodies;

  /** Encodes the common parts of requests to this target. */
  RequestBytes(Target target, TargetDialect dialect) {
    this.dialect = dialect;
    this.bodies = dialect.writer(target);
    for (Form form : Form.values()) {
      heads.put(form, heads(target, form));
    }
  }

  private Map<Endpoint, byte[]> heads(Target target, Form form) {
    String accept = form.streams() ? "text/event-stream" : "application/json";
    Map<Endpoint, byte[]> all = new EnumMap<>(Endpoint.class);
    for (Endpoint endpoint : Endpoint.values()) {
      String path = dialect.path(target, endpoint, form);
      all.put(endpoint, head(path, accept, target).getBytes(ISO_8859_1));
    }
    return all;
  }

  /** See {@link BodyWriter#body}. */
  Written body(InferenceRequest request, Passed passed, Form form) {
    return bodies.body(request, form, passed.salt());
  }

  /** Whether an event loop may prepare the body. */
  boolean atOnce(InferenceRequest request) {
    return request.receivedBytes() <= bodies.atOnceBytes();
  }

  /** Returns a request with this body. */
  ByteBuf of(
      InferenceRequest request, Written body, Passed passed, Form form, ByteBufAllocator alloc) {
    Map<Endpoint, byte[]> its = Objects.requireNonNull(heads.get(form));
    byte[] head = Objects.requireNonNull(its.get(request.endpoint()));
    ByteBuf out = alloc.buffer(head.length + 256 + body.bytes()).writeBytes(head);
    Ascii.write(out, passed.requestId());
    if (passed.trace().exists()) {
      Ascii.write(out, trace(passed.trace()));
    }
    Ascii.write(out, dialect.fields(request));
    out.writeBytes(LENGTH);
    Ascii.write(out, body.bytes());
    out.writeBytes(END);
    body.to(out);
    return out;
  }

  private static String head(String path, String accept, Target target) {
    String query = target.access().query();
    return "POST "
        + absolute(target)
        + target.path()
        + path
        + (query.isEmpty() ? "" : (path.contains("?") ? "&" : "?") + query)
        + " HTTP/1.1\r\nHost: "
        + host(target.address())
        + "\r\nContent-Type: application/json\r\nAccept: "
        + accept
        + "\r\nAccept-Encoding: identity\r\nUser-Agent: tayyar"
        + key(target)
        + "\r\nX-Request-Id: ";
  }

  private static String trace(Trace trace) {
    String parent = "\r\ntraceparent: " + trace.traceparent();
    return trace.state().isEmpty() ? parent : parent + "\r\ntracestate: " + trace.state();
  }

  /**
   * Returns the scheme and host that a proxy wants before the path, else an empty text. With TLS
   * the proxy was asked for a tunnel before, and wants none.
   */
  private static String absolute(Target target) {
    boolean proxied = target.access().proxy() != null;
    return proxied && target.address() instanceof Address.Tcp tcp && !tcp.tls()
        ? "http://" + host(tcp)
        : "";
  }

  private static String key(Target target) {
    if (target.key() == null) {
      return "";
    }
    String header = target.access().keyHeader();
    return header.isEmpty()
        ? "\r\nAuthorization: Bearer " + target.key()
        : "\r\n" + header + ": " + target.key();
  }

  private static String host(Address address) {
    return switch (address) {
      case Address.Unix unix -> "localhost";
      case Address.Tcp tcp -> {
        String name = tcp.host().indexOf(':') >= 0 ? "[" + tcp.host() + "]" : tcp.host();
        yield tcp.port() == (tcp.tls() ? 443 : 80) ? name : name + ":" + tcp.port();
      }
    };
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(US_ASCII);
  }
}
