package tayyar.jinja;

/** A token of a template. */
record Token(Kind kind, String text, int line) {

  /** The kind of a token. */
  enum Kind {
    /** Text between the tags. */
    DATA,
    /** <code>{{</code>. */
    OUTPUT_BEGIN,
    /** <code>}}</code>. */
    OUTPUT_END,
    /** <code>{%</code>. */
    BLOCK_BEGIN,
    /** <code>%}</code>. */
    BLOCK_END,
    /** A name or a keyword. */
    NAME,
    /** A whole number. */
    INTEGER,
    /** A number with a point or an exponent. */
    FLOAT,
    /** A string, without its quotes. */
    STRING,
    /** An operator or a bracket. */
    SIGN,
    /** The end, behind the last token. */
    END
  }

  /** Whether it is this operator, bracket or keyword. */
  boolean is(String sign) {
    return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
  }

  /** The token as error messages name it. */
  String shown() {
    return switch (kind) {
      case OUTPUT_END -> "}}";
      case BLOCK_END -> "%}";
      case END, DATA, OUTPUT_BEGIN, BLOCK_BEGIN -> "end of the template";
      case NAME, INTEGER, FLOAT, STRING, SIGN -> text;
    };
  }
}
