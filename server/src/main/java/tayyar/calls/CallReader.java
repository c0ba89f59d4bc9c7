package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tayyar.grammar.Blanks;
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

  private static final String BLANKS = " \t\r\n";

  /** More of them are told though a mark may follow: an answer of blanks is not held back. */
  private static final int BLANKS_MAX = 64;

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
  private final MarkSearch search;
  private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
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
    search = new MarkSearch(mark, BLANKS, first ? Integer.MAX_VALUE : BLANKS_MAX);
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
    if (at == At.TEXT) {
      search.end(part);
      part.writeBytes(beginning.toByteArray());
      beginning.reset();
      tellPart();
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
    if (mark.isEmpty()) {
      beginning.write(b);
      maybeBeginning(b);
      return;
    }
    int before = part.size();
    boolean found = search.take(b, part);
    if (first && part.size() > before) {
      search.end(part);
      at = At.ONLY_TEXT;
    } else if (found) {
      tellPart();
      at = literal.isOver() ? At.NAME : At.BEFORE;
    }
  }

  /** Finds out whether the answer so far, up to this byte, is a call's beginning. */
  private void maybeBeginning(byte last) {
    String plain = CallShape.withoutBlanks(beginning.toString(UTF_8));
    boolean blank = Blanks.is((char) last);
    boolean may =
        blank
            ? CallShape.blanksMayFollow(plain)
            : beginnings.stream().anyMatch(each -> each.startsWith(plain));
    if (!may) {
      part.writeBytes(beginning.toByteArray());
      beginning.reset();
      at = At.ONLY_TEXT;
    } else if (!blank && beginnings.contains(plain)) {
      beginning.reset();
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
