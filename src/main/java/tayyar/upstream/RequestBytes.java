package tayyar.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tayyar.api.ChatRequest;
import tayyar.api.ChatRequest.Spans;
import tayyar.api.Endpoint;
import tayyar.api.JsonText;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.api.Trace;
import tayyar.wire.Ascii;

/**
 * The bytes of requests to one target: the client's own body with only what must change changed.
 * The model's name becomes the target's; of an answer that is text, a stream with usage is always
 * asked for. Immutable.
 */
final class RequestBytes {
  private static final Member STREAM = Member.of("stream", bytes("true"));
  private static final Member OPTIONS =
      Member.of("stream_options", bytes("{\"include_usage\":true}"));
  private static final byte[] LENGTH = bytes("\r\nContent-Length: ");
  private static final byte[] END = bytes("\r\n\r\n");

  /**
   * A member every request must have.
   *
   * @param value for the place of another value
   * @param whole to stand before other members
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Member(byte[] value, byte[] whole) {
    static Member of(String name, byte[] value) {
      byte[] before = bytes("\"" + name + "\":");
      byte[] whole = Arrays.copyOf(before, before.length + value.length + 1);
      System.arraycopy(value, 0, whole, before.length, value.length);
      whole[whole.length - 1] = ',';
      return new Member(value, whole);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Edit(int from, int to, byte[] value) {}

  /** What stands in front of a request's id. */
  private final Map<Endpoint, byte[]> heads = new EnumMap<>(Endpoint.class);

  private final Member model;

  /** Makes what all requests to this target have in common. */
  RequestBytes(Target target) {
    this.model = Member.of("model", quoted(target.model()));
    for (Endpoint endpoint : Endpoint.values()) {
      heads.put(endpoint, head(endpoint, target).getBytes(ISO_8859_1));
    }
  }

  ByteBuf of(ChatRequest request, Passed passed, ByteBufAllocator alloc) {
    byte[] body = request.body();
    List<Edit> edits = edits(request);
    int length = body.length;
    for (Edit edit : edits) {
      length += edit.value().length - (edit.to() - edit.from());
    }
    byte[] head = Objects.requireNonNull(heads.get(request.endpoint()));
    ByteBuf out = alloc.buffer(head.length + 256 + length).writeBytes(head);
    Ascii.write(out, passed.requestId());
    if (passed.trace().exists()) {
      Ascii.write(out, trace(passed.trace()));
    }
    out.writeBytes(LENGTH);
    Ascii.write(out, length);
    out.writeBytes(END);
    int at = 0;
    for (Edit edit : edits) {
      out.writeBytes(body, at, edit.from() - at).writeBytes(edit.value());
      at = edit.to();
    }
    return out.writeBytes(body, at, body.length - at);
  }

  private static String head(Endpoint endpoint, Target target) {
    String query = target.way().query();
    return "POST "
        + absolute(target)
        + target.path()
        + endpoint.path()
        + (query.isEmpty() ? "" : "?" + query)
        + " HTTP/1.1\r\nHost: "
        + host(target.address())
        + "\r\nContent-Type: application/json\r\nAccept: "
        + (endpoint == Endpoint.EMBEDDINGS ? "application/json" : "text/event-stream")
        + "\r\nAccept-Encoding: identity\r\nUser-Agent: tayyar"
        + key(target)
        + "\r\nX-Request-Id: ";
  }

  private static String trace(Trace trace) {
    String parent = "\r\ntraceparent: " + trace.traceparent();
    return trace.state().isEmpty() ? parent : parent + "\r\ntracestate: " + trace.state();
  }

  /** A proxy is told the whole address, but for TLS: there it is asked for a tunnel before. */
  private static String absolute(Target target) {
    boolean proxied = target.way().proxy() != null;
    return proxied && target.address() instanceof Address.Tcp tcp && !tcp.tls()
        ? "http://" + host(tcp)
        : "";
  }

  private static String key(Target target) {
    if (target.key() == null) {
      return "";
    }
    String header = target.way().keyHeader();
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

  private List<Edit> edits(ChatRequest request) {
    Spans spans = request.spans();
    var edits = new ArrayList<Edit>(4);
    edits.add(edit(spans, spans.modelFrom(), spans.modelTo(), model));
    if (request.endpoint() != Endpoint.EMBEDDINGS) {
      edits.add(edit(spans, spans.streamFrom(), spans.streamTo(), STREAM));
      edits.add(edit(spans, spans.optionsFrom(), spans.optionsTo(), OPTIONS));
    }
    edits.sort(Comparator.comparingInt(Edit::from));
    return edits;
  }

  /** Replaces a value, or puts an absent member in front of the others. */
  private static Edit edit(Spans spans, int from, int to, Member member) {
    return from >= 0
        ? new Edit(from, to, member.value())
        : new Edit(spans.open(), spans.open(), member.whole());
  }

  private static byte[] quoted(String text) {
    byte[] json = JsonText.escape(text);
    byte[] quoted = new byte[json.length + 2];
    quoted[0] = '"';
    System.arraycopy(json, 0, quoted, 1, json.length);
    quoted[json.length + 1] = '"';
    return quoted;
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(US_ASCII);
  }
}
