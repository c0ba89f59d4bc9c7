package tayyar.accounts;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file of an archive, a row at a time. */
final class CsvFile implements AutoCloseable {
  private final BufferedReader in;
  private final String head;

  private CsvFile(BufferedReader in, String head) {
    this.in = in;
    this.head = head;
  }

  static CsvFile open(Path file) throws IOException {
    BufferedReader in = Files.newBufferedReader(file);
    String head = in.readLine();
    return new CsvFile(in, head == null ? "" : head);
  }

  /** The names of its columns. */
  String head() {
    return head;
  }

  /**
   * The next row; null behind the last one. A cell in quotes may have ends of lines in it. An
   * editor may have left other ends of lines, empty lines, or no end of the last one.
   */
  @Nullable CsvRow next() throws IOException {
    var record = new StringBuilder();
    boolean quoted = false;
    for (int c = in.read(); c >= 0; c = in.read()) {
      quoted ^= c == '"';
      if (c == '\n' && !quoted && !record.isEmpty()) {
        break;
      }
      if (quoted || (c != '\r' && c != '\n')) {
        record.append((char) c);
      }
    }
    return record.isEmpty() ? null : CsvRow.of(record.toString());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
