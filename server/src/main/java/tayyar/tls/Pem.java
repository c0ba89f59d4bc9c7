package tayyar.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a PEM file.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
final class Pem {
  private static final long BYTES_MAX = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private Pem() {}

  /**
   * A block.
   *
   * @param label what it says it is
   * @param encrypted whether its bytes are encrypted, in the old form or the new one
   * @param der its bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Block(String label, boolean encrypted, byte[] der) {
    @Override
    public String toString() {
      return label;
    }
  }

  /**
   * Reads a file.
   *
   * @param what it is, for the sentences
   */
  static List<Block> read(String what, Path file) throws TlsException {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new TlsException("The %s '%s' is larger than 1 MiB.".formatted(what, file));
      }
      return blocks(Files.readString(file, ISO_8859_1));
    } catch (TlsException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new TlsException("There is no %s '%s'.".formatted(what, file));
    } catch (AccessDeniedException e) {
      throw new TlsException(
          "The %s '%s' cannot be read: this user may not.".formatted(what, file));
    } catch (IOException e) {
      throw new TlsException(
          "The %s '%s' cannot be read: %s.".formatted(what, file, e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new TlsException("The %s '%s' is damaged: it is no PEM.".formatted(what, file));
    }
  }

  private static List<Block> blocks(String text) {
    List<Block> all = new ArrayList<>();
    for (Matcher found = BLOCK.matcher(text); found.find(); ) {
      String body = found.group(2).strip();
      // The old form has fields before its bytes, with an empty line between.
      boolean old = body.contains(":");
      String bytes = old ? body.substring(fieldsEnd(body)) : body;
      boolean encrypted = old || found.group(1).startsWith("ENCRYPTED");
      all.add(
          new Block(
              found.group(1), encrypted, Base64.getDecoder().decode(bytes.replaceAll("\\s", ""))));
    }
    return all;
  }

  private static int fieldsEnd(String body) {
    Matcher empty = Pattern.compile("\\R\\h*\\R").matcher(body);
    return empty.find() ? empty.end() : body.length();
  }
}
