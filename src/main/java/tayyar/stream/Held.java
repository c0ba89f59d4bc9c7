package tayyar.stream;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;

/**
 * Text that waits, merged by choice and kind, in the order in which each began. Not safe for use by
 * more than one thread.
 */
final class Held {

  /** The text of one kind of one choice. */
  static final class Text {
    final int choice;
    final Kind kind;
    final ByteArrayOutputStream logprobs = new ByteArrayOutputStream(0);
    byte[] json = new byte[64];
    int end;

    private Text(int choice, Kind kind) {
      this.choice = choice;
      this.kind = kind;
    }

    private void append(byte[] bytes, int from, int to) {
      int count = to - from;
      if (json.length - end < count) {
        json = Arrays.copyOf(json, Math.max(json.length * 2, end + count));
      }
      System.arraycopy(bytes, from, json, end, count);
      end += count;
    }
  }

  /** A tool call of one choice, or its next piece, its arguments merged. */
  static final class Call {
    final int choice;
    final ToolCall first;
    final ByteArrayOutputStream arguments = new ByteArrayOutputStream();

    private Call(int choice, ToolCall first) {
      this.choice = choice;
      this.first = first;
    }

    ToolCall piece() {
      return new ToolCall(first.index(), first.id(), first.name(), arguments.toByteArray());
    }
  }

  /** The end of one choice. */
  record Finish(int choice, FinishReason reason) {}

  private final List<Text> texts = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<Finish> finishes = new ArrayList<>();
  private int bytes;

  void append(int choice, Kind kind, byte[] json, int from, int to) {
    at(choice, kind).append(json, from, to);
    bytes += to - from;
  }

  void logprobs(int choice, byte[] entries) {
    ByteArrayOutputStream all = at(choice, Kind.CONTENT).logprobs;
    if (all.size() > 0) {
      all.write(',');
    }
    all.writeBytes(entries);
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
    open.arguments.writeBytes(piece.arguments());
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
