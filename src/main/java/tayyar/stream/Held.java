package tayyar.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.Sink.Kind;

/**
 * Text that waits, merged by choice and kind, in the order in which each began. Not safe for use by
 * more than one thread.
 */
final class Held {

  /** The text of one kind of one choice. */
  static final class Text {
    final int choice;
    final Kind kind;
    byte[] json = new byte[256];
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

  /** The end of one choice. */
  record Finish(int choice, FinishReason reason) {}

  private final List<Text> texts = new ArrayList<>();
  private final List<Finish> finishes = new ArrayList<>();
  private int bytes;

  void append(int choice, Kind kind, byte[] json, int from, int to) {
    Text text = find(choice, kind);
    if (text == null) {
      text = new Text(choice, kind);
      texts.add(text);
    }
    text.append(json, from, to);
    bytes += to - from;
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
    return texts.isEmpty() && finishes.isEmpty();
  }

  List<Finish> finishes() {
    return finishes;
  }

  /** Hands out everything, texts first, and is empty then. */
  void drain(Consumer<Text> text, Consumer<Finish> finish) {
    texts.forEach(text);
    finishes.forEach(finish);
    texts.clear();
    finishes.clear();
    bytes = 0;
  }
}
