package tayyar.dialect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tayyar.api.JsonText;
import tayyar.api.ToolCall;

/**
 * Brings the pieces of calls that were told side by side into an order in which each call ends
 * before the next begins, for languages of blocks. A call has ended once its arguments are a whole
 * object; until then the pieces of the others wait. Not safe for use by more than one thread.
 */
final class CallOrder {
  private static final int NONE = Integer.MIN_VALUE;

  private final Consumer<ToolCall> to;
  private final LongConsumer grows;
  private final Map<Integer, List<ToolCall>> waiting = new LinkedHashMap<>(0);
  private int open = NONE;
  private boolean custom;

  // Of the open call's arguments.
  private int depth;
  private boolean begun;
  private boolean inText;
  private boolean escaped;

  /**
   * No call was told.
   *
   * @param to takes the pieces in their order
   * @param grows told of more memory before it is used; may refuse
   */
  CallOrder(Consumer<ToolCall> to, LongConsumer grows) {
    this.to = to;
    this.grows = grows;
  }

  /** The next piece of any call. */
  void next(ToolCall piece) {
    if (piece.index() == open) {
      give(piece);
      settle();
    } else if (waiting.containsKey(piece.index()) || (piece.first() && !isEnded())) {
      grows.accept(piece.arguments().length + piece.more().length);
      waiting.computeIfAbsent(piece.index(), _ -> new ArrayList<>()).add(piece);
    } else {
      give(piece);
    }
  }

  /** Nothing more comes of the open call: all that waits is given. */
  void end() {
    while (!waiting.isEmpty()) {
      giveFirst();
    }
    open = NONE;
  }

  private void settle() {
    while (!waiting.isEmpty() && isEnded()) {
      giveFirst();
    }
  }

  private void giveFirst() {
    Iterator<List<ToolCall>> all = waiting.values().iterator();
    List<ToolCall> first = all.next();
    all.remove();
    first.forEach(this::give);
  }

  /** What a custom tool is given is any text, so its end is not seen. */
  private boolean isEnded() {
    return open == NONE || (!custom && begun && depth == 0);
  }

  private void give(ToolCall piece) {
    if (piece.first()) {
      open = piece.index();
      custom = piece.custom();
      depth = 0;
      begun = false;
      inText = false;
      escaped = false;
    }
    byte[] arguments = piece.arguments();
    follow(JsonText.unescape(arguments, 0, arguments.length));
    to.accept(piece);
  }

  private void follow(String json) {
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (escaped) {
        escaped = false;
      } else if (inText) {
        escaped = c == '\\';
        inText = c != '"';
      } else {
        inText = c == '"';
        begun |= c == '{';
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      }
    }
  }
}
