package tayyar.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the database's files readable by their owner only: they hold the keys' hashes and the use
 * of all clients.
 */
final class Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Store.class);
  private static final Set<PosixFilePermission> ITS_OWN =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /** The database's files. SQLite creates the others with the modes of the first. */
  private static final List<String> FILES = List.of("", "-wal", "-shm", "-journal");

  private Owner() {}

  /** Modes of a new file: only its owner may use it. */
  static FileAttribute<?>[] alone(Path file) {
    if (!hasModes(file)) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  /** Takes all rights of others from existing files, and logs it. */
  static void close(Path file) {
    if (hasModes(file)) {
      FILES.forEach(end -> closeOne(file.resolveSibling(file.getFileName() + end)));
    }
  }

  private static void closeOne(Path file) {
    String were = "";
    try {
      if (!Files.exists(file)) {
        return;
      }
      Set<PosixFilePermission> all = Files.getPosixFilePermissions(file);
      Set<PosixFilePermission> own = EnumSet.noneOf(PosixFilePermission.class);
      all.stream().filter(ITS_OWN::contains).forEach(own::add);
      if (own.size() < all.size()) {
        were = PosixFilePermissions.toString(all);
        Files.setPosixFilePermissions(file, own);
        LOG.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("modes", were)
            .log("the database was open to others; it is its owner's alone now");
      }
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("modes", were)
          .setCause(e)
          .log("the database is open to others, and its modes cannot be changed");
    }
  }

  private static boolean hasModes(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
