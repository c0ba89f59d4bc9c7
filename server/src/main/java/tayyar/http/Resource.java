package tayyar.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Files that lie beside a class and are served. */
public final class Resource {
  private Resource() {}

  /** Returns the bytes of a file that is there. */
  public static byte[] bytes(Class<?> beside, String name) {
    try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the text of a file in UTF-8 that is there. */
  public static String text(Class<?> beside, String name) {
    return new String(bytes(beside, name), UTF_8);
  }
}
