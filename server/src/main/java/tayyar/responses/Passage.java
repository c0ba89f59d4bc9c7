package tayyar.responses;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.api.Part.Native.Step;
import tayyar.dialect.Gathered;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.Ascii;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of a target that speaks this language too, passed on: each as it came, but for its
 * number. Pieces of texts and calls come by themselves, behind the place that they have. What is
 * open is kept, to close it where the target does not.
 */
final class Passage {
  /** The member that marks the place of the pieces that follow, instead of an event. */
  static final String PLACE = "tayyar:place";

  private static final byte[] NOTHING = {};
  private static final byte[] END = Ascii.bytes("\n\n");

  private final LongConsumer grows;
  private final List<Item> items = new ArrayList<>(1);
  private ObjectNode place = JsonBody.object();
  private byte[] begun = NOTHING;
  private boolean ofText;
  private @Nullable ObjectNode item;
  private @Nullable ObjectNode part;
  private Gathered text = new Gathered(64);
  private byte @Nullable [] end;

  /**
   * Nothing has come.
   *
   * @param grows told of more memory before it is used; may refuse
   */
  Passage(LongConsumer grows) {
    this.grows = grows;
  }

  /** Numbers the events. */
  @FunctionalInterface
  interface Numbers {
    /** Returns the number of the next event. */
    long next();
  }

  /** The target's own last response; null where it has not come. */
  byte @Nullable [] end() {
    return end;
  }

  /** The items that are complete. */
  List<Item> items() {
    return items;
  }

  void its(ByteBuf out, Numbers numbers, Part.Native its) {
    if (its.step() == Step.END) {
      end = its.json();
      return;
    }
    var event = (ObjectNode) LooseJson.tree(its.json(), 0, its.json().length);
    if (event.path(PLACE) instanceof ObjectNode next) {
      at(next);
      return;
    }
    follow(event);
    write(out, numbers, event);
  }

  private void follow(ObjectNode event) {
    String type = event.path("type").asString("");
    switch (type) {
      case "response.output_item.added" -> {
        item = event.path("item") instanceof ObjectNode its ? its.deepCopy() : null;
        keeps(event.path("item"));
        part = null;
        text = new Gathered(64);
      }
      case "response.content_part.added", "response.reasoning_summary_part.added" -> {
        part = event.path("part") instanceof ObjectNode its ? its.deepCopy() : null;
        keeps(event.path("part"));
        text = new Gathered(64);
      }
      case "response.content_part.done", "response.reasoning_summary_part.done" -> {
        add(event.path("part"), type);
        part = null;
      }
      case "response.output_item.done" -> {
        byte[] json = JsonBody.bytes(event.path("item"));
        grows.accept(json.length);
        items.add(Item.ready(json, items.size()));
        item = null;
      }
      default -> {}
    }
  }

  private void keeps(JsonNode more) {
    grows.accept(JsonBody.bytes(more).length);
  }

  private void add(JsonNode whole, String type) {
    if (item != null) {
      keeps(whole);
      String list = type.contains("summary") ? "summary" : "content";
      ArrayNode parts = item.path(list) instanceof ArrayNode there ? there : item.putArray(list);
      parts.add(whole);
    }
  }

  /** A piece of a text or of a call's arguments; nothing of it is decoded. */
  void delta(
      ByteBuf out, Numbers numbers, byte[] json, int from, int to, byte @Nullable [] logprobs) {
    text.add(json, from, to, grows);
    out.writeBytes(begun);
    Ascii.write(out, numbers.next());
    Ascii.write(out, ",\"delta\":\"");
    out.writeBytes(json, from, to - from).writeByte('"');
    if (ofText) {
      Ascii.write(out, ",\"logprobs\":[");
      out.writeBytes(logprobs == null ? NOTHING : LogprobEntries.whole(logprobs)).writeByte(']');
    }
    out.writeByte('}').writeBytes(END);
  }

  /** Makes the part of an event that all pieces of a place share. */
  private void at(ObjectNode next) {
    place = next;
    String type = next.path("type").asString("");
    ofText = type.equals("response.output_text.delta");
    ByteBuf head = Unpooled.buffer(256);
    Ascii.write(head, "event: " + type + "\ndata: ");
    byte[] members = JsonBody.bytes(next);
    head.writeBytes(members, 0, members.length - 1);
    Ascii.write(head, ",\"sequence_number\":");
    begun = ByteBufUtil.getBytes(head);
  }

  private static JsonNode text(byte[] json, int from, int to) {
    byte[] quoted = new byte[to - from + 2];
    System.arraycopy(json, from, quoted, 1, to - from);
    quoted[0] = '"';
    quoted[quoted.length - 1] = '"';
    return LooseJson.tree(quoted, 0, quoted.length);
  }

  private JsonNode text() {
    byte[] all = text.copy();
    return text(all, 0, all.length);
  }

  private static void write(ByteBuf out, Numbers numbers, ObjectNode event) {
    event.put("sequence_number", numbers.next());
    Ascii.write(out, "event: " + event.path("type").asString("") + "\ndata: ");
    out.writeBytes(JsonBody.bytes(event)).writeBytes(END);
  }

  /** Closes what is open, of an answer that ended before its end. */
  void close(ByteBuf out, Numbers numbers) {
    ObjectNode open = item;
    if (open == null) {
      return;
    }
    boolean placed = place.path("item_id").equals(open.path("id"));
    String kind = placed ? place.path("type").asString("").replaceAll("\\.delta$", "") : "";
    boolean call = open.path("type").asString("").matches("function_call|custom_tool_call");
    if (call) {
      String member = kind.contains("custom") ? "input" : "arguments";
      if (!kind.isEmpty()) {
        ObjectNode done = closing(kind + ".done");
        done.set("name", open.path("name"));
        done.set(member, text());
        write(out, numbers, done);
      }
      open.set(member, text());
    } else if (part != null) {
      closePart(out, numbers, kind);
    }
    ObjectNode done = JsonBody.object().put("type", "response.output_item.done");
    done.put("output_index", items.size());
    if (!open.path("type").asString("").equals("reasoning")) {
      open.put("status", "incomplete");
    }
    done.set("item", open);
    follow(done.deepCopy());
    write(out, numbers, done);
  }

  private void closePart(ByteBuf out, Numbers numbers, String kind) {
    ObjectNode whole = Objects.requireNonNull(part).deepCopy();
    String member = whole.has("refusal") ? "refusal" : "text";
    whole.set(member, text());
    if (kind.startsWith("response.")) {
      ObjectNode done = closing(kind + ".done");
      done.set(member, text());
      if (kind.equals("response.output_text")) {
        done.putArray("logprobs");
      }
      write(out, numbers, done);
    }
    String step =
        kind.contains("summary")
            ? "response.reasoning_summary_part.done"
            : "response.content_part.done";
    ObjectNode done = closing(step);
    done.set("part", whole);
    follow(done.deepCopy());
    write(out, numbers, done);
  }

  private ObjectNode closing(String type) {
    return place.deepCopy().put("type", type);
  }
}
