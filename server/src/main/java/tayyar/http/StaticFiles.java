package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
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
  private final Map<String, Content> kept = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Content(byte[] bytes, EntityTag tag) {}

  /**
   * Creates the pages.
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
      throw new Refused(new ApiError.NotFound("/lib/" + name, ""));
    }
    send(exchange, "/lib/" + name, resource);
  }

  private void send(Exchange exchange, String path, String resource) {
    String name = resource.substring(resource.lastIndexOf('/') + 1);
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    boolean known = type != null && NAME.matcher(name).matches() && !path.contains("..");
    Content content = known ? content(resource) : null;
    if (content == null || type == null) {
      throw new Refused(new ApiError.NotFound(path, ""));
    }
    var fields = new LinkedHashMap<String, String>();
    // A browser may keep the page, but asks each time whether it has changed.
    fields.put("Cache-Control", "no-cache");
    fields.put("ETag", content.tag().toString());
    if (content.tag().isNamedBy(exchange.headers().getAll(HttpHeaderNames.IF_NONE_MATCH))) {
      exchange.reply().document(new Document(304, fields, Document.NO_BODY));
      return;
    }
    fields.put("Content-Type", type);
    fields.put("Content-Security-Policy", POLICY);
    fields.put("X-Content-Type-Options", "nosniff");
    fields.put("Referrer-Policy", "no-referrer");
    exchange.reply().document(new Document(200, fields, content.bytes()));
  }

  private @Nullable Content content(String resource) {
    Content content = kept.get(resource);
    if (content == null) {
      byte[] bytes = load(resource);
      if (bytes != null) {
        content = new Content(bytes, EntityTag.of(bytes));
        kept.put(resource, content);
      }
    }
    return content;
  }

  private static byte @Nullable [] load(String resource) {
    try (InputStream in = StaticFiles.class.getClassLoader().getResourceAsStream(resource)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
