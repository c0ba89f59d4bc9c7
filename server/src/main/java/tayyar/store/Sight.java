package tayyar.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks at a database's file without opening the database, which would change it. */
final class Sight {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** The file's first bytes, up to the end of {@code PRAGMA user_version}. */
  private static final int HEAD = 64;

  private static final int VERSION_AT = 60;

  private Sight() {}

  /** Why a file can't be used, in words; empty where nothing is seen. */
  static String flaw(Path file) {
    if (!Files.exists(file)) {
      return folderFlaw(file.getParent());
    }
    if (!Files.isRegularFile(file)) {
      return "it is no file";
    }
    if (!Files.isReadable(file) || !Files.isWritable(file)) {
      return "no permission";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return headFlaw(in.readNBytes(HEAD));
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String headFlaw(byte[] head) {
    if (head.length == 0) {
      return "";
    }
    if (head.length < HEAD || !Arrays.equals(MAGIC, Arrays.copyOf(head, MAGIC.length))) {
      return "it is no database";
    }
    int version = ByteBuffer.wrap(head).getInt(VERSION_AT);
    return version > Schema.LATEST ? "a newer version of Tayyar has written it; use that one" : "";
  }

  /** Missing folders are made; the last one that is there must take them. */
  private static String folderFlaw(@Nullable Path folder) {
    if (folder == null) {
      return "it has no folder";
    }
    if (!Files.exists(folder)) {
      return folderFlaw(folder.getParent());
    }
    if (!Files.isDirectory(folder)) {
      return "'" + folder + "' is no folder";
    }
    return Files.isWritable(folder) ? "" : "no permission to write in '" + folder + "'";
  }
}
