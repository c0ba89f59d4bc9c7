package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives made in memory, with names that no honest tool would write. */
final class Packed {
  private static final int BLOCK = 512;

  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, String> links = new LinkedHashMap<>();

  Packed file(String name, String content) {
    files.put(name, content);
    return this;
  }

  Packed link(String name, String to) {
    links.put(name, to);
    return this;
  }

  byte[] zip() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  byte[] tgz() throws IOException {
    return gzip(tar());
  }

  byte[] tar() {
    var bytes = new ByteArrayOutputStream();
    links.forEach((name, to) -> bytes.writeBytes(header(name, '2', to, "00000000000")));
    files.forEach(
        (name, content) -> {
          byte[] body = content.getBytes(UTF_8);
          bytes.writeBytes(header(name, '0', "", "%011o".formatted(body.length)));
          bytes.writeBytes(body);
          bytes.writeBytes(new byte[(BLOCK - body.length % BLOCK) % BLOCK]);
        });
    bytes.writeBytes(new byte[2 * BLOCK]);
    return bytes.toByteArray();
  }

  static byte[] gzip(byte[] tar) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(tar);
    }
    return bytes.toByteArray();
  }

  static byte[] header(String name, char type, String link, String size) {
    var header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644");
    put(header, 124, size);
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar");
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
