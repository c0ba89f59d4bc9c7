package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;

/**
 * Text that waits, merged by choice and kind, in the order in which each began. Not safe for use by
 * more than one thread.
 */
final class Held {

  private static final byte[] COMMA = {','};

  /** The text of one kind of one choice. */
  static final class Text {
    final int choice;
    final Kind kind;
    final Gathered json = new Gathered(64);
    final Gathered logprobs = new Gathered(0);

    private Text(int choice, Kind kind) {
      this.choice = choice;
      this.kind = kind;
    }
  }

  /** A tool call of one choice, or its next piece, its arguments merged. */
  static final class Call {
    final int choice;
    final ToolCall first;
    final Gathered arguments = new Gathered(64);
    final Gathered more = new Gathered(0);

    private Call(int choice, ToolCall first) {
      this.choice = choice;
      this.first = first;
    }

    ToolCall piece() {
      return new ToolCall(
          first.index(), first.custom(), first.id(), first.name(), arguments.copy(), more.copy());
    }
  }

  /** A member of one choice, or of the answer. */
  record Member(int choice, Part.Member its) {}

  private final List<Text> texts = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>(0);
  private final List<Member> members = new ArrayList<>(0);
  private final LongConsumer grows;
  private int bytes;

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

  void logprobs(int choice, Kind of, byte[] entries) {
    Gathered all = at(choice, of).logprobs;
    if (all.end > 0) {
      all.add(COMMA, 0, 1, grows);
    }
    all.add(entries, 0, entries.length, grows);
    bytes += entries.length;
  }

  private Text at(int choice, Kind kind) {
    Text text = find(choice, kind);
    if (text == null) {
      text = new Text(choice, kind);
      texts.add(text);
    }
    return text;
  }

  void append(int choice, ToolCall piece) {
    Call open = null;
    for (Call call : calls) {
      open = call.choice == choice && call.first.index() == piece.index() ? call : open;
    }
    if (open == null) {
      open = new Call(choice, piece);
      calls.add(open);
    }
    open.arguments.add(piece.arguments(), 0, piece.arguments().length, grows);
    open.more.add(piece.more(), 0, piece.more().length, grows);
    bytes += piece.arguments().length + piece.more().length;
  }

  List<Call> calls(int choice) {
    if (calls.isEmpty()) {
      return List.of();
    }
    return calls.stream().filter(call -> call.choice == choice).toList();
  }

  void append(int choice, Part.Member member) {
    grows.accept(member.json().length);
    members.add(new Member(choice, member));
    bytes += member.json().length;
  }

  List<Member> members() {
    return members;
  }

  @Nullable Text find(int choice, Kind kind) {
    for (Text text : texts) {
      if (text.choice == choice && text.kind == kind) {
        return text;
      }
    }
    return null;
  }

  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return texts.isEmpty() && calls.isEmpty() && members.isEmpty();
  }

  /** Hands out everything, texts first, and is empty then. */
  void drain(Consumer<Text> text, Consumer<Call> call, Consumer<Member> member) {
    texts.forEach(text);
    calls.forEach(call);
    members.forEach(member);
    texts.clear();
    calls.clear();
    members.clear();
    bytes = 0;
  }
}
