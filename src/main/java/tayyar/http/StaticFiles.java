package tayyar.http;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Refused;

/** The playground and its libraries, from the class path; read once and kept. */
public final class StaticFiles {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final String POLICY =
      "default-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "woff2", "font/woff2");

  private final Map<String, String> libraries;
  private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

  /**
   * The pages.
   *
   * @param libraries name under /lib/ to resource on the class path
   */
  public StaticFiles(Map<String, String> libraries) {
    this.libraries = Map.copyOf(libraries);
  }

  void page(Exchange exchange) {
    send(exchange, "/", "web/index.html");
  }

  void file(Exchange exchange, String name) {
    send(exchange, "/web/" + name, "web/" + name);
  }

  void library(Exchange exchange, String name) {
    String resource = libraries.get(name);
    if (resource == null) {
      throw new Refused(new ApiError.NotFound("/lib/" + name));
    }
    send(exchange, "/lib/" + name, resource);
  }

  private void send(Exchange exchange, String path, String resource) {
    String name = resource.substring(resource.lastIndexOf('/') + 1);
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    boolean known = type != null && NAME.matcher(name).matches() && !path.contains("..");
    byte[] bytes = known ? read(resource) : null;
    if (bytes == null || type == null) {
      throw new Refused(new ApiError.NotFound(path));
    }
    ResponseHead head =
        exchange
            .head(200)
            .header("Content-Type", type)
            .header("Cache-Control", "no-cache")
            .header("Content-Security-Policy", POLICY)
            .header("X-Content-Type-Options", "nosniff")
            .header("Referrer-Policy", "no-referrer");
    exchange.whole(head, Unpooled.wrappedBuffer(bytes));
  }

  private byte @Nullable [] read(String resource) {
    byte[] bytes = kept.get(resource);
    if (bytes == null) {
      bytes = load(resource);
      if (bytes != null) {
        kept.put(resource, bytes);
      }
    }
    return bytes;
  }

  private static byte @Nullable [] load(String resource) {
    try (InputStream in = StaticFiles.class.getClassLoader().getResourceAsStream(resource)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
