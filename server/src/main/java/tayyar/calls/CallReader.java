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
    BETWEEN,
    ARGUMENTS,
    /** Behind arguments: another call may follow. */
    BEHIND,
    OVER
  }

  private final CallShape shape;
  private final String mark;
  private final List<String> beginnings;
  private final Ear ear;
  private final StringBuilder name = new StringBuilder();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private byte[] held = new byte[0];
  private At at;
  private Literal literal;
  private int calls;
  private int depth;
  private boolean quoted;
  private boolean escaped;

  /**
   * At the beginning of an answer.
   *
   * @param tools those that may be called
   */
  public CallReader(CallShape shape, Tools tools, Ear ear) {
    this.shape = shape;
    this.ear = ear;
    mark = shape.mark();
    beginnings =
        mark.isEmpty()
            ? tools.may().stream().map(tool -> shape.beginning(tool.name())).toList()
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
      case BEFORE -> follow(b, At.NAME);
      case NAME -> name(b);
      case BETWEEN -> follow(b, At.ARGUMENTS);
      case ARGUMENTS -> argument(b);
      case BEHIND -> follow(b, At.NAME);
      case OVER -> {}
    }
  }

  private void follow(byte b, At then) {
    if (!literal.take(b)) {
      at = At.OVER;
    } else if (literal.isOver()) {
      at = then;
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
      while (begin < held.length && isBlank(held[begin])) {
        begin++;
      }
      int length = held.length - begin;
      if (length <= whole.length && Arrays.equals(held, begin, held.length, whole, 0, length)) {
        break;
      }
      part.write(held[from++]);
    }
    held = Arrays.copyOfRange(held, from, held.length);
    if (new String(held, UTF_8).strip().equals(mark)) {
      tellPart();
      held = new byte[0];
      at = literal.isOver() ? At.NAME : At.BEFORE;
    }
  }

  /** Finds out whether the answer so far is a call's beginning. */
  private void maybeBeginning() {
    String begin = new String(held, UTF_8);
    String plain = CallShape.withoutBlanks(begin);
    byte last = held[held.length - 1];
    boolean blank = isBlank(last);
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
      String before = CallShape.withoutBlanks(shape.before());
      name.append(plain, before.length(), plain.length() - 1);
      begin();
      literal.take(last);
      at = literal.isOver() ? At.ARGUMENTS : At.BETWEEN;
    }
  }

  private void name(byte b) {
    char c = (char) (b & 255);
    if (isOfName(c)) {
      name.append(c);
    } else if (!name.isEmpty()) {
      begin();
      take(b);
    }
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-'
        || c == '.';
  }

  private void begin() {
    calls++;
    ear.call(name.toString());
    name.setLength(0);
    literal = new Literal(shape.between());
    at = At.BETWEEN;
    depth = 0;
    quoted = false;
    escaped = false;
  }

  private void argument(byte b) {
    if (depth == 0 && b != '{') {
      return;
    }
    part.write(b);
    if (escaped) {
      escaped = false;
    } else if (quoted) {
      escaped = b == '\\';
      quoted = b != '"';
    } else if (b == '"') {
      quoted = true;
    } else if (b == '{' || b == '[') {
      depth++;
    } else if (b == '}' || b == ']') {
      depth--;
      if (depth == 0) {
        tellPart();
        next();
      }
    }
  }

  private void next() {
    String again = shape.again();
    at = again == null ? At.OVER : At.BEHIND;
    literal = new Literal(again == null ? "" : again);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  /** A text of a shape that is followed, blanks left aside. */
  private static final class Literal {
    private static final byte ID = (byte) 0xFF;
    private static final byte NUMBER = (byte) 0xFE;

    private final byte[] all;
    private int done;

    Literal(String text) {
      String plain = CallShape.withoutBlanks(text);
      var out = new ByteArrayOutputStream();
      plain
          .chars()
          .forEach(
              c -> {
                switch ((char) c) {
                  case CallShape.ID -> out.write(ID);
                  case CallShape.NUMBER -> out.write(NUMBER);
                  default -> out.writeBytes(Character.toString(c).getBytes(UTF_8));
                }
              });
      all = out.toByteArray();
    }

    boolean isOver() {
      return done == all.length;
    }

    /** Whether a byte follows. */
    boolean take(byte b) {
      if (isBlank(b)) {
        return true;
      }
      if (done < all.length && isOf(all[done], (char) (b & 255))) {
        return true;
      }
      if (done < all.length && (all[done] == ID || all[done] == NUMBER)) {
        done++;
      }
      return done < all.length && all[done++] == b;
    }

    private static boolean isOf(byte slot, char c) {
      return (slot == ID && isOfName(c)) || (slot == NUMBER && c >= '0' && c <= '9');
    }
  }
}
