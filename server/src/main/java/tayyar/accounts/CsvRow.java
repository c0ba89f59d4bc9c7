package tayyar.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * One row of an archive. Rows are in the order of their times and, within one, of their ids, as the
 * database has it.
 *
 * @param micros when it was written down
 * @param line all of its cells, of which these two are the first
 */
record CsvRow(long micros, String id, String line) implements Comparable<CsvRow> {
  /** Reads a row's first two cells; what is no row of an archive is refused. */
  static CsvRow of(String line) {
    int comma = line.indexOf(',');
    try {
      return new CsvRow(Long.parseLong(line.substring(0, comma)), cell(line, comma + 1), line);
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      throw new AccountException("That is no row of an archive: " + line.length() + " chars.", e);
    }
  }

  private static String cell(String line, int from) {
    if (line.charAt(from) != '"') {
      return line.substring(from, line.indexOf(',', from));
    }
    var text = new StringBuilder();
    for (int at = from + 1; ; at++) {
      if (line.charAt(at) == '"' && line.charAt(++at) != '"') {
        return text.toString();
      }
      text.append(line.charAt(at));
    }
  }

  @Override
  public int compareTo(CsvRow other) {
    int order = Long.compare(micros, other.micros);
    return order != 0
        ? order
        : Arrays.compareUnsigned(id.getBytes(UTF_8), other.id.getBytes(UTF_8));
  }
}
