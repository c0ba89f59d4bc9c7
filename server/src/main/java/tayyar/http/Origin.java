package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * This server's address as a client reached it: by {@code Host}, or by what a trusted proxy tells
 * in {@code X-Forwarded-Proto} and {@code X-Forwarded-Host}, or in {@code Forwarded} (RFC 7239). Of
 * several values the last counts, which that proxy wrote. It stands in pages and commands to copy,
 * so a host is taken only where it has no sign that a shell or a page would read.
 */
final class Origin {
  /** Where no host is told. */
  private static final String UNKNOWN = "localhost:8080";

  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?");

  private Origin() {}

  static String of(Exchange exchange, Callers callers) {
    InetAddress peer = exchange.reply().client();
    HttpHeaders headers = exchange.headers();
    String scheme = exchange.reply().isEncrypted() ? "https" : "http";
    String host = headers.get(HttpHeaderNames.HOST, "");
    if (peer != null && callers.isTrusted(peer)) {
      String told = told(headers, "X-Forwarded-Proto", "proto").toLowerCase(Locale.ROOT);
      scheme = told.equals("http") || told.equals("https") ? told : scheme;
      String other = told(headers, "X-Forwarded-Host", "host");
      host = other.isEmpty() ? host : other;
    }
    return scheme + "://" + (HOST.matcher(host).matches() ? host : UNKNOWN);
  }

  private static String told(HttpHeaders headers, String name, String parameter) {
    List<String> fields = headers.getAll(name);
    if (!fields.isEmpty()) {
      String last = fields.getLast();
      return last.substring(last.lastIndexOf(',') + 1).strip();
    }
    List<String> elements = headers.getAll("Forwarded");
    List<String> values =
        elements.isEmpty() ? null : Forwarded.values(String.join(",", elements), parameter);
    return values == null || values.isEmpty() ? "" : values.getLast();
  }
}
