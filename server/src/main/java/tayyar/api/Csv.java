package tayyar.api;

import java.util.List;
import java.util.stream.Collectors;

/** Rows as RFC 4180 has them, but for the ends of lines. */
public final class Csv {
  private Csv() {}

  /** Returns one row without the end of its line. */
  public static String line(List<String> cells) {
    return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
  }

  private static String cell(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
