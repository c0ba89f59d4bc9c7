package tayyar.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import tayyar.api.OwnFile;
import tayyar.api.RuleException.Why;

/**
 * A folder of CSV files, which its owner alone may read. A file appears whole: it is written beside
 * its place, forced to the disk and then renamed, and what is in one of the same name already goes
 * into it too. One process at a time works on a folder; it locks it.
 */
final class Archive implements AutoCloseable {
  private final Path folder;
  private final FileChannel lock;

  private Archive(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Opens the folder, and makes it where it is not. */
  static Archive open(Path folder) throws IOException {
    OwnFile.folder(folder);
    FileChannel lock = OwnFile.open(folder.resolve(".lock"));
    try {
      FileLock held = lock.tryLock();
      if (held != null) {
        return new Archive(folder, lock);
      }
    } catch (OverlappingFileLockException e) {
      // Another part of this process has it.
    }
    lock.close();
    throw new AccountException(
        Why.CONFLICT, "Somebody else archives into '" + folder + "' now; it goes on later.");
  }

  /** Gives records in their order, the first row's cells first; null behind the last one. */
  @FunctionalInterface
  interface Rows {
    @Nullable CsvRow next() throws IOException;
  }

  /**
   * Writes a file of these rows, in the order of their times and ids, and of those that it has
   * already.
   *
   * @param day in its name
   * @param head names of the columns; where a file has others, another one is begun
   * @return the file
   */
  Path write(String day, String head, Rows rows) throws IOException {
    Path file = place(day, head);
    Path part = folder.resolve("." + file.getFileName() + ".part");
    try (FileChannel to = OwnFile.open(part)) {
      to.truncate(0);
      try (var before = Files.exists(file) ? CsvFile.open(file) : null) {
        var out = new BufferedWriter(new OutputStreamWriter(Channels.newOutputStream(to), UTF_8));
        line(out, head);
        merge(out, before == null ? () -> null : before::next, rows);
        out.flush();
        to.force(true);
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    OwnFile.force(folder);
    return file;
  }

  private Path place(String day, String head) throws IOException {
    for (int number = 1; ; number++) {
      String end = number == 1 ? "" : "-" + number;
      Path file = folder.resolve("requests-" + day + end + ".csv");
      if (!Files.exists(file)) {
        return file;
      }
      try (CsvFile its = CsvFile.open(file)) {
        if (its.head().equals(head)) {
          return file;
        }
      }
    }
  }

  private static void merge(BufferedWriter out, Rows some, Rows others) throws IOException {
    CsvRow one = some.next();
    CsvRow other = others.next();
    while (one != null || other != null) {
      int order = one == null ? 1 : other == null ? -1 : one.compareTo(other);
      CsvRow first = order <= 0 ? one : other;
      if (first != null) {
        line(out, first.line());
      }
      one = order <= 0 ? some.next() : one;
      other = order >= 0 ? others.next() : other;
    }
  }

  private static void line(BufferedWriter out, String line) throws IOException {
    out.write(line);
    out.write("\r\n");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
