package tayyar.openai;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tayyar.api.JsonText;
import tayyar.api.Sink;
import tayyar.api.ToolCall;

/**
 * The tool calls of one answer, brought to one form: id and whole name once and first, an index
 * from 0 without gaps. Some upstreams give no index, or the same one to all; some no id; some the
 * name after the first arguments, some repeat it. Not safe for use by more than one thread.
 */
final class ToolCalls {
  /** The index of a piece for which the upstream gave none. */
  static final int NO_INDEX = -2;

  /** The index of the older function_call. */
  static final int OLDER = -1;

  private static final int CALLS_MAX = 128;

  /** Arguments that may wait for their call's name. */
  private static final int WAITING_BYTES_MAX = 64 * 1024;

  private static final byte[] EMPTY = {};

  private static final class Call {
    final int index;

    /** The upstream's index. */
    final int given;

    String id = "";
    String name = "";
    boolean custom;
    final ByteArrayOutputStream waiting = new ByteArrayOutputStream(0);
    final ByteArrayOutputStream more = new ByteArrayOutputStream(0);
    @Nullable Half half;

    Call(int index, int given) {
      this.index = index;
      this.given = given;
    }

    byte[] arguments(String piece) {
      if (half == null && Half.isIn(piece)) {
        half = new Half();
      }
      return half == null ? JsonText.escape(piece) : half.next(piece);
    }
  }

  private final BitSet unnumbered = new BitSet();
  private final boolean document;
  private final Map<Integer, List<Call>> byChoice = new HashMap<>();

  /**
   * No call has been made.
   *
   * @param document whether they stand in a document, where calls have no number
   */
  ToolCalls(boolean document) {
    this.document = document;
  }

  /** Whether a choice has called tools without numbering them: Gemini, whose end is then "stop". */
  boolean unnumbered(int choice) {
    return unnumbered.get(choice);
  }

  /** Whether a call's name has not come, although something else of it has. */
  boolean nameless(int choice) {
    return byChoice.getOrDefault(choice, List.of()).stream()
        .anyMatch(call -> call.name.isEmpty() && call.waiting.size() > 0);
  }

  /**
   * Gives a piece on, or keeps its arguments until the name comes.
   *
   * @return whether there was room for it
   */
  boolean piece(Sink sink, int choice, CallPieces.Piece piece) {
    List<Call> calls = byChoice.computeIfAbsent(choice, c -> new ArrayList<>());
    if (piece.index() == NO_INDEX && !document) {
      unnumbered.set(choice);
    }
    Call call = find(calls, piece);
    if (call == null) {
      if (calls.size() == CALLS_MAX || piece.index() >= CALLS_MAX) {
        return false;
      }
      call = new Call(piece.index() == OLDER ? OLDER : calls.size(), piece.index());
      calls.add(call);
    }
    give(sink, choice, call, piece);
    return !call.name.isEmpty() || call.waiting.size() <= WAITING_BYTES_MAX;
  }

  private static void give(Sink sink, int choice, Call call, CallPieces.Piece piece) {
    byte[] arguments = call.arguments(piece.arguments());
    call.custom |= piece.custom();
    if (!call.name.isEmpty()) {
      if (arguments.length > 0 || piece.more().length > 0) {
        sink.part(
            choice, new ToolCall(call.index, call.custom, EMPTY, EMPTY, arguments, piece.more()));
      }
      return;
    }
    call.waiting.writeBytes(arguments);
    call.more.writeBytes(piece.more());
    call.id = call.id.isEmpty() ? piece.id() : call.id;
    if (!piece.name().isEmpty()) {
      call.name = piece.name();
      sink.part(
          choice,
          new ToolCall(
              call.index,
              call.custom,
              call.index == OLDER ? EMPTY : id(call),
              JsonText.escape(call.name),
              call.waiting.toByteArray(),
              call.more.toByteArray()));
    }
  }

  /** The call that a piece belongs to; null where it begins one. */
  private static @Nullable Call find(List<Call> calls, CallPieces.Piece piece) {
    for (Call call : calls) {
      if (!piece.id().isEmpty() && call.id.equals(piece.id())) {
        return call;
      }
    }
    Call last = null;
    for (Call call : calls) {
      last = piece.index() == NO_INDEX || call.given == piece.index() ? call : last;
    }
    return last == null || isAnother(last, piece) ? null : last;
  }

  /**
   * A name behind a name begins another call where it is another one, has another id, or no index.
   * Without a name it does not: some have a new id in each piece.
   */
  private static boolean isAnother(Call call, CallPieces.Piece piece) {
    if (piece.name().isEmpty() || call.name.isEmpty()) {
      return false;
    }
    boolean otherId = !piece.id().isEmpty() && !call.id.isEmpty();
    return otherId || piece.index() == NO_INDEX || !call.name.equals(piece.name());
  }

  private static byte[] id(Call call) {
    String id =
        call.id.isEmpty()
            ? "call_" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36)
            : call.id;
    return JsonText.escape(id);
  }
}
