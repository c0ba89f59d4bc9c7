package tayyar.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Sink;
import tayyar.api.ToolCall;
import tayyar.calls.CallReader;
import tayyar.calls.Tools;
import tayyar.grammar.CallShape;

/**
 * Turns the bytes of an answer's tokens into what its client is told: text, up to a stop string,
 * and calls of tools. Belongs to the engine's thread.
 */
final class Voice implements CallReader.Ear {
  /** As long as OpenAI's. */
  private static final int ID_CHARS = 24;

  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final byte[] NONE = {};

  private final Sink sink;
  private final TextOut text;
  private final @Nullable CallReader calls;
  private final boolean old;
  private final List<Consumer<Sink>> said = new ArrayList<>();
  private TextOut arguments = new TextOut(List.of());
  private int call = -1;

  /**
   * One of an answer that nothing is there of.
   *
   * @param tools that may be called, or null
   */
  Voice(List<String> stops, @Nullable Tools tools, CallShape shape, Sink sink) {
    this.sink = sink;
    text = new TextOut(stops);
    calls = tools == null ? null : new CallReader(shape, tools, this);
    old = tools != null && tools.old();
  }

  Sink sink() {
    return sink;
  }

  /** Takes the next bytes; returns what they tell, or null. */
  @Nullable Consumer<Sink> add(byte[] utf8) {
    if (calls == null) {
      return content(text.add(utf8));
    }
    calls.add(utf8);
    return all();
  }

  /** What is still to be told where the answer ends. */
  @Nullable Consumer<Sink> end() {
    if (calls == null) {
      return content(text.end());
    }
    calls.end();
    say(content(text.end()));
    say(piece(arguments.end()));
    return all();
  }

  /** Whether a stop string has ended the answer. */
  boolean stopped() {
    return text.stopped();
  }

  /** The reason for an answer's end, if it was this one for the engine. */
  FinishReason reason(FinishReason engine) {
    boolean called = engine == FinishReason.STOP && call >= 0;
    return !called ? engine : old ? FinishReason.FUNCTION_CALL : FinishReason.TOOL_CALLS;
  }

  private @Nullable Consumer<Sink> all() {
    List<Consumer<Sink>> now = List.copyOf(said);
    said.clear();
    return now.isEmpty() ? null : sink -> now.forEach(each -> each.accept(sink));
  }

  private void say(@Nullable Consumer<Sink> one) {
    if (one != null) {
      said.add(one);
    }
  }

  private static @Nullable Consumer<Sink> content(byte[] utf8) {
    if (utf8.length == 0) {
      return null;
    }
    byte[] json = JsonText.escape(utf8);
    return sink -> sink.delta(0, Sink.Kind.CONTENT, json, 0, json.length);
  }

  @Override
  public void text(byte[] utf8) {
    say(content(text.add(utf8)));
  }

  @Override
  public void call(String name) {
    say(content(text.end()));
    call++;
    arguments = new TextOut(List.of());
    byte[] id = old ? NONE : id().getBytes(StandardCharsets.US_ASCII);
    byte[] its = name.getBytes(StandardCharsets.US_ASCII);
    var first = new ToolCall(old ? -1 : call, id, its, NONE);
    say(sink -> sink.part(0, first));
  }

  @Override
  public void arguments(byte[] json) {
    say(piece(arguments.add(json)));
  }

  private @Nullable Consumer<Sink> piece(byte[] utf8) {
    if (utf8.length == 0) {
      return null;
    }
    var piece = new ToolCall(old ? -1 : call, NONE, NONE, JsonText.escape(utf8));
    return sink -> sink.part(0, piece);
  }

  private static String id() {
    var random = ThreadLocalRandom.current();
    var id = new StringBuilder("call_");
    for (int i = 0; i < ID_CHARS; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }
}
