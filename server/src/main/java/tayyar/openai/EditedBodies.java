package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Spans;
import tayyar.api.JsonText;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter;

/**
 * The bodies of requests to one target: the client's own with only what must change changed. The
 * model's name becomes the target's; a stream is asked for with its usage; a salt is put in where
 * one is given. Immutable.
 */
final class EditedBodies implements BodyWriter {
  private static final Member STREAM = Member.of("stream", bytes("true"));
  private static final byte[] FALSE = bytes("false");
  private static final byte[] NOTHING = {};
  private static final Member OPTIONS =
      Member.of("stream_options", bytes("{\"include_usage\":true}"));

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

  /** An insertion in front of a place comes before its replacement. */
  private static final Comparator<Edit> IN_ORDER =
      Comparator.comparingInt(Edit::from).thenComparingInt(Edit::to);

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Edited(byte[] body, List<Edit> edits, int bytes) implements Written {
    @Override
    public void to(ByteBuf out) {
      int at = 0;
      for (Edit edit : edits) {
        out.writeBytes(body, at, edit.from() - at).writeBytes(edit.value());
        at = edit.to();
      }
      out.writeBytes(body, at, body.length - at);
    }
  }

  private final Member model;
  private final Target.Access access;

  /**
   * Makes what all requests to one target have in common.
   *
   * @param model the model's name over there
   * @param access how the target is reached
   */
  EditedBodies(String model, Target.Access access) {
    this.access = access;
    this.model = Member.of("model", quoted(model));
  }

  @Override
  public Written body(InferenceRequest request, Form form, String salt) {
    request.needsTold();
    if (request.original() instanceof ChatNames) {
      request.checkNames(access);
    }
    Spans spans = request.spans();
    var edits = new ArrayList<Edit>(4);
    edits.add(edit(spans, spans.modelFrom(), spans.modelTo(), model));
    if (form.streams()) {
      stream(edits, request, form);
    } else {
      if (request.stream()) {
        replace(edits, spans.streamFrom(), spans.streamTo(), FALSE);
      }
      remove(edits, request.body(), spans.optionsFrom(), spans.optionsTo());
    }
    if (!salt.isEmpty() && request.endpoint() != Endpoint.EMBEDDINGS) {
      Member salted = Member.of("cache_salt", quoted(salt));
      edits.add(edit(spans, spans.saltFrom(), spans.saltTo(), salted));
    }
    if (edits.size() > 1) {
      edits.sort(IN_ORDER);
    }
    byte[] body = request.body();
    int length = body.length;
    for (Edit edit : edits) {
      length += edit.value().length - (edit.to() - edit.from());
    }
    return new Edited(body, edits, length);
  }

  /** Replaces a value, or puts an absent member in front of the others. */
  private static Edit edit(Spans spans, int from, int to, Member member) {
    return from >= 0
        ? new Edit(from, to, member.value())
        : new Edit(spans.open(), spans.open(), member.whole());
  }

  private static void stream(List<Edit> edits, InferenceRequest request, Form form) {
    Spans spans = request.spans();
    edits.add(edit(spans, spans.streamFrom(), spans.streamTo(), STREAM));
    if (form == Form.STREAM) {
      edits.add(edit(spans, spans.optionsFrom(), spans.optionsTo(), OPTIONS));
    } else {
      remove(edits, request.body(), spans.optionsFrom(), spans.optionsTo());
    }
  }

  /** Replaces a value that is there. */
  private static void replace(List<Edit> edits, int from, int to, byte[] value) {
    if (from >= 0) {
      edits.add(new Edit(from, to, value));
    }
  }

  /** Takes a member out by its value, if it is there, with its name and one comma. */
  private static void remove(List<Edit> edits, byte[] body, int from, int to) {
    if (from < 0) {
      return;
    }
    int name = before(body, before(body, from, ':'), '"');
    int first = before(body, name, '"');
    int comma = first - 1;
    while (body[comma] != ',' && body[comma] != '{') {
      comma--;
    }
    if (body[comma] == ',') {
      edits.add(new Edit(comma, to, NOTHING));
      return;
    }
    int end = to;
    while (body[end] != ',' && body[end] != '}') {
      end++;
    }
    edits.add(new Edit(first, body[end] == ',' ? end + 1 : end, NOTHING));
  }

  private static int before(byte[] body, int at, char c) {
    int place = at - 1;
    while (body[place] != c) {
      place--;
    }
    return place;
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
