package tayyar.jinja;

/**
 * A template can't be read, does not fit its values, or exceeds its bounds. The template's author
 * or the operator has to mend it. The message never holds a value of the rendering.
 */
public final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final int line;

  Fault(String what) {
    this(what, 0);
  }

  Fault(String what, int line) {
    super(line == 0 ? what : "line " + line + ": " + what, null, false, false);
    this.what = what;
    this.line = line;
  }

  /** The line of the template, from 1; 0 where it is not known. */
  public int line() {
    return line;
  }

  /** The reason, with the line where it is known. */
  public String reason() {
    return line == 0 ? what : "line " + line + ": " + what;
  }

  /** This fault with a line, unless it has one. */
  Fault at(int line) {
    return this.line == 0 ? new Fault(what, line) : this;
  }
}
