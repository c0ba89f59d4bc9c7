package tayyar.api;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files and folders that their owner alone may read, where the system has modes. All methods throw
 * an IOException where the file system refuses.
 */
public final class OwnFile {
  private OwnFile() {}

  /** Makes the folder, and those above it, where they are not. */
  public static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, mode(folder, "rwx------"));
    }
  }

  /** Returns in words why a file or a folder can't be used. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "no permission for '" + denied.getFile() + "'";
      case FileAlreadyExistsException exists -> "'" + exists.getFile() + "' is no folder";
      case NotDirectoryException file -> "'" + file.getFile() + "' is no folder";
      case NoSuchFileException gone -> "'" + gone.getFile() + "' is not there";
      case FileSystemException other when other.getReason() != null ->
          "'" + other.getFile() + "': " + other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Opens a file to read and write, and makes it where it is not. */
  public static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        mode(file, "rw-------"));
  }

  /** Forces a folder's names to the disk, where the system can. */
  public static void force(Path folder) throws IOException {
    if (hasModes(folder)) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  private static FileAttribute<?>[] mode(Path path, String mode) {
    return hasModes(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean hasModes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
