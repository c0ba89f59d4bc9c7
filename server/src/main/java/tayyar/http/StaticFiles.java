package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
    exchange.reply().document(document(exchange, type, content, Map.of()));
  }

  private static Document document(
      Exchange exchange, String type, Content content, Map<String, String> more) {
    var fields = new LinkedHashMap<>(more);
    // A browser may keep the page, but asks each time whether it has changed.
    fields.put("Cache-Control", "no-cache");
    fields.put("ETag", content.tag().toString());
    if (content.tag().isNamedBy(exchange.headers().getAll(HttpHeaderNames.IF_NONE_MATCH))) {
      return new Document(304, fields, Document.NO_BODY);
    }
    fields.put("Content-Type", type);
    fields.put("Content-Security-Policy", POLICY);
    fields.put("X-Content-Type-Options", "nosniff");
    fields.put("Referrer-Policy", "no-referrer");
    return new Document(200, fields, content.bytes());
  }

  /**
   * Creates a route to a document that browsers may keep as they keep the playground.
   *
   * @param type the Content-Type
   * @param page makes the document; never blocks
   */
  public static Route made(String path, String type, Function<Question, Made> page) {
    return Route.document(
        path,
        Route.Caller.EVERYBODY,
        question -> {
          Made made = page.apply(question);
          var content = new Content(made.bytes(), EntityTag.of(made.bytes()));
          return document(question.exchange(), type, content, made.fields());
        });
  }

  /**
   * A document that is made for a request.
   *
   * @param bytes its bytes; not copied
   * @param fields header fields besides those of all files, such as {@code Content-Language}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Made(byte[] bytes, Map<String, String> fields) {}

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
