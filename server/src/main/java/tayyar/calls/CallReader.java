package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import tayyar.grammar.CallShape;

/**
 * Finds the calls in an answer that is held to {@link tayyar.grammar.CallForms}, as its bytes come:
 * nothing is kept back but what may be the beginning of a call. Not safe for use by more than one
 * thread.
 */
public final class CallReader {

  /** Hears what an answer says. */
  public interface Ear {
    /** A part of its text; may end within a character. */
    void text(byte[] utf8);

    /** The next call begins. */
    void call(String name);

    /** A part of the arguments of the last call; may end within a character. */
    void arguments(byte[] json);
  }

  private enum At {
    /** In text, before any call. */
    TEXT,
    /** In text, for good. */
    ONLY_TEXT,
    /** Between the mark and a name. */
    BEFORE,
    NAME,
    ARGUMENTS,
    OVER
  }

  private final CallShape shape;
  private final Tools tools;
  private final boolean first;
  private final String mark;
  private final List<String> beginnings;
  private final Ear ear;
  private final StringBuilder name = new StringBuilder();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private byte[] held = new byte[0];
  private At at;
  private Literal literal;
  private Arguments arguments;
  private int calls;

  /**
   * At the beginning of an answer.
   *
   * @param calling how it may call tools
   */
  public CallReader(Calling calling, Ear ear) {
    shape = calling.shape();
    tools = calling.tools();
    first = calling.first();
    arguments = new JsonArguments(shape);
    this.ear = ear;
    mark = shape.mark();
    beginnings =
        mark.isEmpty()
            ? tools.may().stream().map(tool -> calling.beginning(tool.name())).toList()
            : List.of();
    literal = new Literal(tools.must() ? shape.before() : shape.behindMark());
    at = tools.must() ? At.BEFORE : At.TEXT;
    if (tools.must() && literal.isOver()) {
      at = At.NAME;
    }
  }

  /** Whether a call has begun. */
  public boolean calls() {
    return calls > 0;
  }

  /** Takes the next bytes. */
  public void add(byte[] utf8) {
    for (byte b : utf8) {
      take(b);
    }
    tellPart();
  }

  /** Gives the text that is still held where the answer ends. */
  public void end() {
    if (at == At.TEXT && held.length > 0) {
      ear.text(held);
      held = new byte[0];
    }
  }

  private void tellPart() {
    if (part.size() > 0) {
      byte[] all = part.toByteArray();
      part.reset();
      if (calls == 0) {
        ear.text(all);
      } else {
        ear.arguments(all);
      }
    }
  }

  private void take(byte b) {
    switch (at) {
      case TEXT -> text(b);
      case ONLY_TEXT -> part.write(b);
      case BEFORE -> {
        literal.take(b);
        at = literal.isOver() ? At.NAME : At.BEFORE;
      }
      case NAME -> name(b);
      case ARGUMENTS -> argument(b);
      case OVER -> {}
    }
  }

  private void text(byte b) {
    byte[] now = new byte[held.length + 1];
    System.arraycopy(held, 0, now, 0, held.length);
    now[held.length] = b;
    held = now;
    if (mark.isEmpty()) {
      maybeBeginning();
    } else {
      maybeMark();
    }
  }

  /** Lets go of what can't be blanks and the mark's beginning any more. */
  private void maybeMark() {
    byte[] whole = mark.getBytes(UTF_8);
    int from = 0;
    while (from < held.length) {
      int begin = from;
      while (begin < held.length && Literal.isBlank(held[begin])) {
        begin++;
      }
      int length = held.length - begin;
      if (length <= whole.length && Arrays.equals(held, begin, held.length, whole, 0, length)) {
        break;
      }
      part.write(held[from++]);
    }
    held = Arrays.copyOfRange(held, from, held.length);
    if (first && from > 0) {
      part.writeBytes(held);
      held = new byte[0];
      at = At.ONLY_TEXT;
    } else if (new String(held, UTF_8).strip().equals(mark)) {
      tellPart();
      held = new byte[0];
      at = literal.isOver() ? At.NAME : At.BEFORE;
    }
  }

  /** Finds out whether the answer so far is a call's beginning. */
  private void maybeBeginning() {
    String begin = new String(held, UTF_8);
    String plain = CallShape.withoutBlanks(begin);
    boolean blank = Literal.isBlank(held[held.length - 1]);
    boolean may =
        blank
            ? CallShape.blanksMayFollow(plain)
            : beginnings.stream().anyMatch(each -> each.startsWith(plain));
    if (!may) {
      part.writeBytes(held);
      held = new byte[0];
      at = At.ONLY_TEXT;
    } else if (!blank && beginnings.contains(plain)) {
      held = new byte[0];
      int from = CallShape.withoutBlanks(shape.before()).length();
      String between = CallShape.withoutBlanks(shape.between());
      int to = plain.length() - (first ? between.length() : 1);
      name.append(plain, from, to);
      begin();
      for (byte each : plain.substring(to).getBytes(UTF_8)) {
        argument(each);
      }
    }
  }

  private void name(byte b) {
    char c = (char) (b & 255);
    if (Literal.isOfName(c)) {
      name.append(c);
    } else if (!name.isEmpty()) {
      begin();
      take(b);
    }
  }

  private void begin() {
    String called = name.toString();
    name.setLength(0);
    calls++;
    ear.call(called);
    CallShape.Parameters parameters = shape.parameters();
    arguments =
        parameters == null
            ? new JsonArguments(shape)
            : new ParameterArguments(shape, parameters, key -> tools.isText(called, key));
    at = At.ARGUMENTS;
  }

  private void argument(byte b) {
    Arguments.Step step = arguments.take(b, part);
    if (step != Arguments.Step.ON) {
      tellPart();
      at = step == Arguments.Step.NEXT ? At.NAME : At.OVER;
    }
  }
}
