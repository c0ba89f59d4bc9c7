package tayyar.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import tayyar.api.OwnFile;

/**
 * The name of this machine, or container, among all whose gateways share a database: random, and
 * kept beside the journals, for whoever has these has to go on under it.
 */
final class Machine {
  private static final int BYTES = 6;

  private Machine() {}

  /** The name, with the dash that a process' number follows. */
  static synchronized String name(Path journals) throws IOException {
    Path folder = journals.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path path = journals.resolveSibling(journals.getFileName() + "-machine");
    try (FileChannel file = OwnFile.open(path);
        FileLock _ = file.lock()) {
      ByteBuffer kept = ByteBuffer.allocate(2 * BYTES);
      while (kept.hasRemaining() && file.read(kept) >= 0) {}
      if (kept.hasRemaining()) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        kept =
            ByteBuffer.wrap(HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII));
        file.position(0);
        file.write(kept);
        file.force(true);
      }
      return new String(kept.array(), StandardCharsets.US_ASCII) + "-";
    }
  }
}
