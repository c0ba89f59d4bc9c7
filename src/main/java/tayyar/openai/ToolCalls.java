package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tayyar.api.Sink;
import tayyar.api.ToolCall;

/**
 * The tool calls of one stream, brought to one form: id and whole name once and first, an index
 * always. Some upstreams give no index, some the name after the first arguments, some repeat it.
 * Not safe for use by more than one thread.
 */
final class ToolCalls {
  /** What a piece has where the upstream gave no index. */
  static final int NO_INDEX = -2;

  /** The index of the older function_call. */
  static final int OLDER = -1;

  private static final int CALLS_MAX = 128;
  private static final byte[] EMPTY = {};

  private static final class Call {
    final int index;
    String id = "";
    boolean told;
    final ByteArrayOutputStream waiting = new ByteArrayOutputStream(0);

    Call(int index) {
      this.index = index;
    }
  }

  private final BitSet unnumbered = new BitSet();
  private final Map<Integer, List<Call>> byChoice = new HashMap<>();

  /** Whether a choice has called tools without numbering them: Gemini, whose end is then "stop". */
  boolean unnumbered(int choice) {
    return unnumbered.get(choice);
  }

  /**
   * Gives a piece on, or keeps its arguments until the name comes.
   *
   * @param id as JSON text, or empty
   * @param name as JSON text, or empty
   * @return whether there was room for it
   */
  boolean piece(Sink sink, int choice, int index, byte[] id, byte[] name, byte[] arguments) {
    List<Call> calls = byChoice.computeIfAbsent(choice, c -> new ArrayList<>());
    Call call = find(calls, index, new String(id, US_ASCII));
    if (call == null) {
      return false;
    }
    if (index == NO_INDEX) {
      unnumbered.set(choice);
    }
    if (call.told) {
      if (arguments.length > 0) {
        sink.toolCall(choice, new ToolCall(call.index, EMPTY, EMPTY, arguments));
      }
      return true;
    }
    call.waiting.writeBytes(arguments);
    if (call.id.isEmpty()) {
      call.id = new String(id, US_ASCII);
    }
    if (name.length > 0) {
      call.told = true;
      byte[] its = call.index == OLDER ? EMPTY : id(call).getBytes(US_ASCII);
      sink.toolCall(choice, new ToolCall(call.index, its, name, call.waiting.toByteArray()));
    }
    return true;
  }

  private static @Nullable Call find(List<Call> calls, int index, String id) {
    Call last = null;
    for (Call call : calls) {
      if (index == NO_INDEX ? !id.isEmpty() && call.id.equals(id) : call.index == index) {
        return call;
      }
      last = call;
    }
    if (index == NO_INDEX && id.isEmpty() && last != null) {
      return last;
    }
    if (calls.size() == CALLS_MAX || index >= CALLS_MAX) {
      return null;
    }
    var made = new Call(index == NO_INDEX ? calls.size() : index);
    calls.add(made);
    return made;
  }

  private static String id(Call call) {
    return call.id.isEmpty()
        ? "call_" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36)
        : call.id;
  }
}
