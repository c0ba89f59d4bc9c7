package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
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

    private Call(int choice, ToolCall first) {
      this.choice = choice;
      this.first = first;
    }

    ToolCall piece() {
      return new ToolCall(first.index(), first.id(), first.name(), arguments.copy());
    }
  }

  /** The end of one choice. */
  record Finish(int choice, FinishReason reason) {}

  private final List<Text> texts = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<Finish> finishes = new ArrayList<>();
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

  void logprobs(int choice, byte[] entries) {
    Gathered all = at(choice, Kind.CONTENT).logprobs;
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
    bytes += piece.arguments().length;
  }

  List<Call> calls(int choice) {
    if (calls.isEmpty()) {
      return List.of();
    }
    return calls.stream().filter(call -> call.choice == choice).toList();
  }

  void finish(int choice, FinishReason reason) {
    finishes.add(new Finish(choice, reason));
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
    return texts.isEmpty() && calls.isEmpty() && finishes.isEmpty();
  }

  List<Finish> finishes() {
    return finishes;
  }

  /** Hands out everything, texts first, and is empty then. */
  void drain(Consumer<Text> text, Consumer<Call> call, Consumer<Finish> finish) {
    texts.forEach(text);
    calls.forEach(call);
    finishes.forEach(finish);
    texts.clear();
    calls.clear();
    finishes.clear();
    bytes = 0;
  }
}
