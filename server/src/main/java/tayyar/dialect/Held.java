package tayyar.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;

/**
 * Parts of an answer that wait, merged by choice and kind, in the order in which each began. Not
 * safe for use by more than one thread.
 */
public final class Held {
  private static final byte[] COMMA = {','};
  private static final int ENTRY_BYTES = 64;

  /** A part, with all that was merged into it. */
  public sealed interface Entry {
    /** Returns its choice. */
    int choice();
  }

  /**
   * The text of one kind of one choice.
   *
   * @param json the inside of a JSON string
   * @param logprobs entries for its tokens, as in {@link Part.Logprobs}
   */
  public record Text(int choice, Kind kind, Gathered json, Gathered logprobs) implements Entry {}

  /**
   * A tool call of one choice, or its next piece, its arguments merged.
   *
   * @param first its first piece
   * @param arguments all of them
   * @param more further members of the call
   */
  public record Call(int choice, ToolCall first, Gathered arguments, Gathered more)
      implements Entry {

    ToolCall piece() {
      return new ToolCall(
          first.index(), first.custom(), first.id(), first.name(), arguments.copy(), more.copy());
    }
  }

  /** A member of one choice, or of the answer. */
  public record Member(int choice, Part.Member its) implements Entry {}

  /** A part in a target's own language; text behind it is not merged with text before it. */
  public record Native(int choice, Part.Native its) implements Entry {}

  private final List<Entry> entries = new ArrayList<>();
  private final LongConsumer grows;
  private int bytes;

  /** Where texts may be merged from. */
  private int apart;

  /**
   * Nothing waits yet.
   *
   * @param grows told of more memory before it is used; may refuse
   */
  Held(LongConsumer grows) {
    this.grows = grows;
  }

  void append(int choice, Kind kind, byte[] json, int from, int to) {
    at(choice, kind).json.add(json, from, to, grows);
    bytes += to - from;
  }

  void logprobs(int choice, Kind of, byte[] its) {
    Gathered all = at(choice, of).logprobs;
    if (all.size() > 0) {
      all.add(COMMA, 0, 1, grows);
    }
    all.add(its, 0, its.length, grows);
    bytes += its.length;
  }

  private Text at(int choice, Kind kind) {
    Text text = find(choice, kind, apart);
    if (text == null) {
      text = new Text(choice, kind, new Gathered(64), new Gathered(0));
      entries.add(text);
    }
    return text;
  }

  void append(int choice, ToolCall piece) {
    Call open = null;
    for (Entry entry : entries) {
      boolean same =
          entry instanceof Call call
              && call.choice == choice
              && call.first.index() == piece.index();
      open = same ? (Call) entry : open;
    }
    if (open == null) {
      open = new Call(choice, piece, new Gathered(64), new Gathered(0));
      entries.add(open);
    }
    open.arguments.add(piece.arguments(), 0, piece.arguments().length, grows);
    open.more.add(piece.more(), 0, piece.more().length, grows);
    bytes += piece.arguments().length + piece.more().length;
  }

  void append(int choice, Part.Member member) {
    grows.accept(member.json().length);
    entries.add(new Member(choice, member));
    bytes += member.json().length;
  }

  void append(int choice, Part.Native part) {
    // The end of a block has no bytes, but a place here.
    int much = part.json().length + ENTRY_BYTES;
    grows.accept(much);
    entries.add(new Native(choice, part));
    bytes += much;
    apart = entries.size();
  }

  /** Returns all parts, in the order in which they began; not to be changed. */
  public List<Entry> entries() {
    return entries;
  }

  /** Returns the calls of a choice, in their order. */
  public List<Call> calls(int choice) {
    List<Call> calls = List.of();
    for (Entry entry : entries) {
      if (entry instanceof Call call && call.choice == choice) {
        calls = calls.isEmpty() ? new ArrayList<>(1) : calls;
        calls.add(call);
      }
    }
    return calls;
  }

  /** Returns a choice's text of a kind; null where there is none. */
  public @Nullable Text find(int choice, Kind kind) {
    return find(choice, kind, 0);
  }

  private @Nullable Text find(int choice, Kind kind, int from) {
    for (int i = from; i < entries.size(); i++) {
      if (entries.get(i) instanceof Text text && text.choice == choice && text.kind == kind) {
        return text;
      }
    }
    return null;
  }

  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Hands out everything and is empty then. */
  void drain(Consumer<Entry> to) {
    List<Entry> all = List.copyOf(entries);
    entries.clear();
    apart = 0;
    bytes = 0;
    all.forEach(to);
  }
}
