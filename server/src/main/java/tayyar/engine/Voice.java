package tayyar.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.ToolCall;
import tayyar.calls.CallReader;
import tayyar.calls.Calling;
import tayyar.calls.InputText;

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

  private final int choice;
  private final TextOut text;
  private final @Nullable Told told;
  private final @Nullable CallReader calls;
  private final boolean old;
  private final Set<String> custom;
  private final List<Consumer<Sink>> said = new ArrayList<>();

  /** Bytes of text that the client gave, and is not told again. */
  private int given;

  private TextOut arguments = new TextOut(List.of());
  private int call = -1;

  /** Of a custom tool's call: what stands in its arguments. */
  private @Nullable InputText input;

  /**
   * One of an answer that nothing is there of.
   *
   * @param calling how it may call tools, or null
   * @param told what is told of its tokens, or null
   * @param choice of the answers to the request
   */
  Voice(List<String> stops, @Nullable Calling calling, @Nullable Told told, int choice) {
    this.choice = choice;
    this.told = told;
    text = new TextOut(stops);
    calls = calling == null ? null : new CallReader(calling, this);
    old = calling != null && calling.tools().old();
    custom = calling == null ? Set.of() : calling.tools().custom();
  }

  /** Goes on with the text that the client gave; a call that begins in it is told whole. */
  void goOn(String text) {
    if (calls != null) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      given = utf8.length;
      calls.add(utf8);
    }
  }

  /**
   * Takes a token's bytes; returns what they tell, or null.
   *
   * @param entry what is told of the token, or null
   */
  @Nullable Consumer<Sink> add(byte[] utf8, byte @Nullable [] entry) {
    if (told != null && entry != null) {
      told.add(entry);
    }
    if (calls == null) {
      text(utf8);
    } else {
      calls.add(utf8);
    }
    return all();
  }

  /** What an answer begins with: the text of its prompt. */
  @Nullable Consumer<Sink> begin(Echo echo) {
    say(told == null ? NONE : told.echo(Told.characters(echo.text())), echo.text());
    return all();
  }

  /** What is still to be told where the answer ends. */
  @Nullable Consumer<Sink> end() {
    if (calls != null) {
      calls.end();
    }
    // Nothing is told of the tokens that calls are made of.
    boolean hidden = text.stopped() || call >= 0;
    say(told == null ? NONE : told.rest(hidden), text.end());
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
    if (said.isEmpty()) {
      return null;
    }
    List<Consumer<Sink>> now = List.copyOf(said);
    said.clear();
    return now.size() == 1 ? now.getFirst() : sink -> now.forEach(each -> each.accept(sink));
  }

  private void say(@Nullable Consumer<Sink> one) {
    if (one != null) {
      said.add(one);
    }
  }

  /** Tells a text and, before it, what is to be told of its tokens. */
  private void say(byte[] entries, byte[] utf8) {
    if (entries.length > 0) {
      said.add(sink -> sink.part(choice, new Part.Logprobs(Sink.Kind.CONTENT, entries)));
    }
    if (utf8.length > 0) {
      byte[] json = JsonText.escape(utf8);
      said.add(sink -> sink.delta(choice, Sink.Kind.CONTENT, json, 0, json.length));
    }
  }

  @Override
  public void text(byte[] utf8) {
    int old = Math.min(given, utf8.length);
    given -= old;
    byte[] shown = text.add(old == 0 ? utf8 : Arrays.copyOfRange(utf8, old, utf8.length));
    say(told == null ? NONE : told.with(shown, text.held()), shown);
  }

  @Override
  public void call(String name) {
    byte[] rest = text.end();
    say(told == null ? NONE : told.with(rest, NONE), rest);
    call++;
    arguments = new TextOut(List.of());
    byte[] id = old ? NONE : id().getBytes(StandardCharsets.US_ASCII);
    byte[] its = name.getBytes(StandardCharsets.US_ASCII);
    input = custom.contains(name) ? new InputText() : null;
    var first = new ToolCall(old ? -1 : call, input != null, id, its, NONE, NONE);
    say(sink -> sink.part(choice, first));
  }

  @Override
  public void arguments(byte[] json) {
    say(piece(arguments.add(input == null ? json : input.add(json))));
  }

  private @Nullable Consumer<Sink> piece(byte[] utf8) {
    if (utf8.length == 0) {
      return null;
    }
    byte[] json = JsonText.escape(utf8);
    var piece = new ToolCall(old ? -1 : call, input != null, NONE, NONE, json, NONE);
    return sink -> sink.part(choice, piece);
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
