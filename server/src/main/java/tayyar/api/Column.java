package tayyar.api;

/** Values of columns, as every database takes them. */
public final class Column {
  private Column() {}

  /**
   * A text without the character 0, which PostgreSQL refuses together with its whole transaction; a
   * client may write it in the name of a model or in an id.
   */
  public static String text(String text) {
    return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
  }

  /** A parameter of a statement: a {@link #text} where it is one. */
  public static Object of(Object value) {
    return value instanceof String text ? text(text) : value;
  }
}
