package tayyar.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A database's file and the two beside it, as they were when it was opened. The log belongs to its
 * file: applied to another file in its place it would mix the two.
 *
 * @param file identity of the file, null where there was none
 * @param log identity of its write-ahead log
 * @param index identity of the log's index
 */
record Together(@Nullable Object file, @Nullable Object log, @Nullable Object index) {
  static Together at(Path file) {
    return new Together(
        FileConnection.identity(file),
        FileConnection.identity(log(file)),
        FileConnection.identity(index(file)));
  }

  /**
   * Where another file is in its place, removes the log and the index that this file left beside
   * it.
   */
  void part(Path path) throws IOException {
    Together now = at(path);
    if (file == null || now.file == null || file.equals(now.file)) {
      return;
    }
    if (log != null && log.equals(now.log)) {
      Files.delete(log(path));
    }
    if (index != null && index.equals(now.index)) {
      Files.delete(index(path));
    }
  }

  static Path log(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  private static Path index(Path file) {
    return file.resolveSibling(file.getFileName() + "-shm");
  }
}
