package tayyar.responses;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.Events;
import tayyar.dialect.Gathered;
import tayyar.responses.Item.Sort;
import tayyar.responses.ResponseJson.Status;
import tayyar.wire.Ascii;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of a response: its items are opened, continued and closed one after the other, and all
 * of them stand in the last event once more. So their text is kept until then.
 */
final class ResponsesEvents implements Events {
  static final byte[] KEEP_ALIVE = Ascii.bytes(": keep-alive\n\n");
  static final byte[] DONE = Ascii.bytes("data: [DONE]\n\n");
  static final byte[] END = Ascii.bytes("}\n\n");

  private ResponseJson head;
  private final boolean summary;
  private final Room room;
  private final List<Item> items = new ArrayList<>(1);
  private final Sources sources = new Sources();
  private String model;
  private long number;
  private @Nullable Item open;

  /** The open part of the open item: its place, and whether it is a refusal. */
  private int part = -1;

  private boolean refuses;
  private @Nullable FinishReason reason;

  /** Where the target speaks this language too. */
  private @Nullable Passage passage;

  ResponsesEvents(ResponseJson head, String model, boolean summary, Room room) {
    this.head = head;
    this.model = model;
    this.summary = summary;
    this.room = room;
  }

  @Override
  public boolean areBlocks() {
    return true;
  }

  @Override
  public void model(String name) {
    model = name;
  }

  @Override
  public void begin(ByteBuf out, int choice) {
    if (number > 0) {
      return; // One that runs in the background has begun before its first word.
    }
    response(out, "response.created", Status.IN_PROGRESS, null, null);
    response(out, "response.in_progress", Status.IN_PROGRESS, null, null);
  }

  @Override
  public void text(
      ByteBuf out,
      int choice,
      Kind kind,
      byte[] json,
      int from,
      int to,
      byte @Nullable [] logprobs) {
    if (passage != null) {
      passage.delta(out, this::next, json, from, to, logprobs);
      return;
    }
    Item item = open;
    if (item == null || !item.takes(kind)) {
      item = open(out, Item.of(kind, summary, head.number(), items.size()));
    }
    boolean refusal = kind == Kind.REFUSAL;
    if (part < 0 || refuses != refusal) {
      closePart(out, item);
      openPart(out, item, refusal);
    }
    Gathered all = refusal ? item.refusal : item.text;
    all.add(json, from, to, room::need);
    delta(out, item, refusal, json, from, to, logprobs);
    tellSources(out);
  }

  private void tellSources(ByteBuf out) {
    Item item = open;
    if (item == null) {
      return;
    }
    for (byte[] source : sources.of(item)) {
      event(out, "response.output_text.annotation.added");
      place(out, item);
      Ascii.write(out, ",\"annotation_index\":" + item.source(source, room::need));
      Ascii.write(out, ",\"annotation\":");
      out.writeBytes(source).writeBytes(END);
    }
  }

  private void delta(
      ByteBuf out,
      Item item,
      boolean refusal,
      byte[] json,
      int from,
      int to,
      byte @Nullable [] logprobs) {
    event(
        out,
        switch (item.sort) {
          case MESSAGE -> refusal ? "response.refusal.delta" : "response.output_text.delta";
          case SUMMARY -> "response.reasoning_summary_text.delta";
          default -> "response.reasoning_text.delta";
        });
    place(out, item);
    Ascii.write(out, ",\"delta\":\"");
    out.writeBytes(json, from, to - from).writeByte('"');
    if (item.sort == Sort.MESSAGE && !refusal) {
      Ascii.write(out, ",\"logprobs\":[");
      if (logprobs != null) {
        byte[] entries = LogprobEntries.whole(logprobs);
        item.logprobs(entries, room::need);
        out.writeBytes(entries);
      }
      out.writeByte(']');
    }
    out.writeBytes(END);
  }

  @Override
  public void toolCall(ByteBuf out, int choice, ToolCall piece, boolean first, int from, int to) {
    if (passage != null) {
      if (from < to) {
        passage.delta(out, this::next, piece.arguments(), from, to, null);
      }
      return;
    }
    Item item = open;
    if (first && piece.first()) {
      item = open(out, Item.of(piece, head.number(), items.size()));
    } else if (item == null || !item.takes(piece)) {
      throw Events.mixed();
    }
    if (from < to) {
      item.text.add(piece.arguments(), from, to, room::need);
      event(out, calls(item) + ".delta");
      of(out, item);
      Ascii.write(out, ",\"delta\":\"");
      out.writeBytes(piece.arguments(), from, to - from).writeByte('"').writeBytes(END);
    }
  }

  private static String calls(Item item) {
    return item.sort == Sort.CUSTOM
        ? "response.custom_tool_call_input"
        : "response.function_call_arguments";
  }

  @Override
  public void aside(int choice, Part.Member member) {
    head = head.served(member);
  }

  /** Of members of a chat's message, what its thinking is sealed with has a place, and sources. */
  @Override
  public void member(ByteBuf out, int choice, Part.Member member) {
    for (String sealed : Sealed.of(member)) {
      Item item = open;
      if (item == null || !item.takes(Kind.REASONING)) {
        item = open(out, Item.of(Kind.REASONING, summary, head.number(), items.size()));
      }
      item.seal(sealed);
    }
    sources.take(member);
    tellSources(out);
  }

  @Override
  public void its(ByteBuf out, int choice, Part.Native part) {
    if (passage == null) {
      passage = new Passage(room::need);
    }
    passage.its(out, this::next, part);
  }

  private long next() {
    return number++;
  }

  @Override
  public void finish(ByteBuf out, int choice, FinishReason its, byte @Nullable [] logprobs) {
    reason = its;
  }

  @Override
  public void keepAlive(ByteBuf out) {
    out.writeBytes(KEEP_ALIVE);
  }

  @Override
  public void complete(ByteBuf out, Usage usage, @Nullable Cost cost) {
    if (passage != null && passage.end() != null) {
      passed(out, passage.end(), usage);
      return;
    }
    Status status = Status.of(reason);
    close(out, status.item());
    response(out, "response." + status.word(), status, usage, null);
    out.writeBytes(DONE);
  }

  /** The target's own last words. */
  private void passed(ByteBuf out, byte[] end, Usage usage) {
    ObjectNode theirs = head.theirs(end, model, usage);
    event(out, "response." + theirs.path("status").asString("completed"));
    Ascii.write(out, ",\"response\":");
    head.last(out, theirs);
    out.writeBytes(END).writeBytes(DONE);
  }

  @Override
  public void fail(ByteBuf out, ApiError error, Usage usage, @Nullable Cost cost) {
    begin(out, 0);
    close(out, Status.FAILED.item());
    Failure.event(out, number++, error);
    response(out, "response.failed", Status.FAILED, null, error);
    out.writeBytes(DONE);
  }

  private Item open(ByteBuf out, Item item) {
    close(out, "completed");
    event(out, "response.output_item.added");
    item(out, item, "in_progress");
    items.add(item);
    open = item;
    return item;
  }

  private void item(ByteBuf out, Item item, String status) {
    Ascii.write(out, ",\"output_index\":" + item.index + ",\"item\":");
    item.write(out, status);
    out.writeBytes(END);
  }

  private void close(ByteBuf out, String status) {
    if (passage != null) {
      passage.close(out, this::next);
      return;
    }
    Item item = open;
    if (item == null) {
      return;
    }
    open = null;
    switch (item.sort) {
      case MESSAGE, THINKING, SUMMARY, READY -> closePart(out, item);
      case CALL, CUSTOM -> {
        event(out, calls(item) + ".done");
        of(out, item);
        Ascii.write(out, ",\"name\":\"");
        item.name(out);
        Ascii.write(out, item.sort == Sort.CUSTOM ? "\",\"input\":\"" : "\",\"arguments\":\"");
        item.text.to(out);
        out.writeByte('"').writeBytes(END);
      }
    }
    part = -1;
    refuses = false;
    event(out, "response.output_item.done");
    item(out, item, status);
  }

  private void openPart(ByteBuf out, Item item, boolean refusal) {
    part++;
    refuses = refusal;
    boolean shown = item.sort == Sort.SUMMARY;
    event(out, shown ? "response.reasoning_summary_part.added" : "response.content_part.added");
    place(out, item);
    Ascii.write(out, ",\"part\":");
    Ascii.write(
        out,
        switch (item.sort) {
          case SUMMARY -> "{\"type\":\"summary_text\",\"text\":\"\"}";
          case THINKING -> "{\"type\":\"reasoning_text\",\"text\":\"\"}";
          default ->
              refusal
                  ? "{\"type\":\"refusal\",\"refusal\":\"\"}"
                  : "{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[],\"logprobs\":[]}";
        });
    out.writeBytes(END);
  }

  private void closePart(ByteBuf out, Item item) {
    if (part < 0) {
      return;
    }
    String whole =
        switch (item.sort) {
          case SUMMARY -> "response.reasoning_summary_text.done";
          case THINKING -> "response.reasoning_text.done";
          default -> refuses ? "response.refusal.done" : "response.output_text.done";
        };
    event(out, whole);
    place(out, item);
    Ascii.write(out, refuses ? ",\"refusal\":\"" : ",\"text\":\"");
    (refuses ? item.refusal : item.text).to(out);
    out.writeByte('"');
    if (item.sort == Sort.MESSAGE && !refuses) {
      Ascii.write(out, ",\"logprobs\":[");
      item.logprobs.to(out);
      out.writeByte(']');
    }
    out.writeBytes(END);
    event(
        out,
        item.sort == Sort.SUMMARY
            ? "response.reasoning_summary_part.done"
            : "response.content_part.done");
    place(out, item);
    Ascii.write(out, ",\"part\":");
    if (item.sort != Sort.MESSAGE) {
      item.thinkingPart(out);
    } else if (refuses) {
      item.refusalPart(out);
    } else {
      item.textPart(out);
    }
    out.writeBytes(END);
  }

  private void of(ByteBuf out, Item item) {
    Ascii.write(out, ",\"item_id\":\"" + item.id + "\",\"output_index\":" + item.index);
  }

  private void place(ByteBuf out, Item item) {
    of(out, item);
    Ascii.write(out, item.sort == Sort.SUMMARY ? ",\"summary_index\":" : ",\"content_index\":");
    Ascii.write(out, part);
  }

  /** Ends an answer that somebody has cancelled; no event is there for that alone. */
  void cancel(ByteBuf out) {
    close(out, Status.CANCELLED.item());
    response(out, "response.incomplete", Status.CANCELLED, null, null);
    out.writeBytes(DONE);
  }

  private void response(
      ByteBuf out, String event, Status status, @Nullable Usage usage, @Nullable ApiError error) {
    List<Item> items = passage == null ? this.items : passage.items();
    event(out, event);
    Ascii.write(out, ",\"response\":");
    if (status == Status.IN_PROGRESS) {
      head.write(out, model, status, items, usage, error);
    } else {
      head.last(out, model, status, items, usage, error);
    }
    out.writeBytes(END);
  }

  private void event(ByteBuf out, String type) {
    event(out, type, number++);
  }

  static void event(ByteBuf out, String type, long number) {
    Ascii.write(out, "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":");
    Ascii.write(out, number);
  }
}
