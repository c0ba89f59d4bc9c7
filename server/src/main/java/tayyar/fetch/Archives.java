package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Takes files out of archives. */
final class Archives {
  private static final int BLOCK = 512;

  private Archives() {}

  /**
   * Unpacks the plain files of a gzipped tar, all into one folder, without the paths they had, so
   * that none can lie outside it.
   *
   * @return how many there were
   * @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">POSIX pax,
   *     the ustar interchange format</a>
   */
  static int tarGz(Path archive, Predicate<String> wanted, Path folder) throws IOException {
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive)))) {
      int count = 0;
      var header = new byte[BLOCK];
      while (whole(in.readNBytes(header, 0, BLOCK)) && header[0] != 0) {
        String name = text(header, 0, 100);
        long size = size(text(header, 124, 12).strip());
        boolean plain = header[156] == '0' || header[156] == 0;
        if (plain && wanted.test(name)) {
          write(in, size, in(folder, name));
          count++;
        } else {
          in.skipNBytes(size);
        }
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      }
      return count;
    }
  }

  /** The place of a member: its own name alone, whatever folders stand before it. */
  private static Path in(Path folder, String name) throws IOException {
    try {
      return folder.resolve(name.substring(name.lastIndexOf('/') + 1));
    } catch (InvalidPathException e) {
      throw new IOException("the archive holds a name that no file can have here", e);
    }
  }

  /** Whether there is a block more; some archives just end. */
  private static boolean whole(int bytes) throws IOException {
    if (bytes > 0 && bytes < BLOCK) {
      throw new IOException("the archive is damaged");
    }
    return bytes == BLOCK;
  }

  private static long size(String octal) throws IOException {
    if (!octal.matches("[0-7]{1,12}")) {
      throw new IOException("the archive is damaged");
    }
    return Long.parseLong(octal, 8);
  }

  private static String text(byte[] header, int from, int most) {
    int to = from;
    while (to < from + most && header[to] != 0) {
      to++;
    }
    return new String(header, from, to - from, UTF_8);
  }

  private static void write(InputStream in, long size, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      var buffer = new byte[64 * 1024];
      for (long left = size; left > 0; ) {
        int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n < 0) {
          throw new IOException("the archive ends in the middle of a file");
        }
        out.write(buffer, 0, n);
        left -= n;
      }
    }
  }

  /** Unpacks the first entry of a zip that is wanted; false if there is none. */
  static boolean zipEntry(Path archive, Predicate<String> wanted, Path file) throws IOException {
    try (var in = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (wanted.test(entry.getName())) {
          Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
          return true;
        }
      }
      return false;
    }
  }
}
