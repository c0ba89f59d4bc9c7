package tayyar.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Refused;

/**
 * The target of a request line, and the Host that goes with it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2">RFC 9112, section 3.2</a>
 */
final class RequestTarget {
  private static final int PORT_MAX = 65_535;

  private RequestTarget() {}

  /**
   * Whether the target is a path, with or without scheme and authority, or, for OPTIONS, {@code *}.
   */
  static boolean isValid(String target, boolean options) {
    if (!isVisible(target)) {
      return false;
    }
    if (target.startsWith("/")) {
      return true;
    }
    int authority = authority(target);
    if (authority < 0) {
      return options && target.equals("*");
    }
    String host = target.substring(authority, pathAt(target, authority));
    return !host.isEmpty() && isHost(host);
  }

  /** Whether the text is printable ASCII without a space or a fragment. */
  private static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Returns the index where the authority begins; -1 where the target is no HTTP URI. */
  private static int authority(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
  }

  private static int pathAt(String target, int authority) {
    for (int i = authority; i < target.length(); i++) {
      if (target.charAt(i) == '/' || target.charAt(i) == '?') {
        return i;
      }
    }
    return target.length();
  }

  /**
   * Whether a Host is {@code name} or {@code [address]}, with or without a port; it may be empty.
   */
  static boolean isHost(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') + 1 : portAt(host);
    if (host.startsWith("[") ? !isAddress(host, end) : !isName(host, end)) {
      return false;
    }
    return end == host.length() || (host.charAt(end) == ':' && isPort(host, end + 1));
  }

  private static int portAt(String host) {
    int colon = host.indexOf(':');
    return colon < 0 ? host.length() : colon;
  }

  private static boolean isName(String host, int end) {
    for (int i = 0; i < end; i++) {
      char c = host.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && "-._~%!$&'()*+;=".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAddress(String host, int end) {
    for (int i = 1; i < end - 1; i++) {
      char c = host.charAt(i);
      if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
        return false;
      }
    }
    return end > 3 && host.indexOf(':') < end;
  }

  private static boolean isPort(String host, int from) {
    int port = 0;
    for (int i = from; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c < '0' || c > '9' || port > PORT_MAX) {
        return false;
      }
      port = 10 * port + c - '0';
    }
    return port <= PORT_MAX;
  }

  /** Returns a host without its port and brackets. */
  static String name(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') : portAt(host);
    return host.substring(host.startsWith("[") ? 1 : 0, Math.max(end, 0));
  }

  /**
   * Returns the decoded path of a valid target, without its query.
   *
   * @throws Refused if a percent sign is not followed by two hexadecimal digits
   */
  static String path(String target) {
    int authority = authority(target);
    int from = authority < 0 ? 0 : pathAt(target, authority);
    int query = target.indexOf('?', from);
    String path = target.substring(from, query < 0 ? target.length() : query);
    if (path.isEmpty()) {
      return "/";
    }
    return path.indexOf('%') < 0 ? path : decoded(path);
  }

  /**
   * Returns the decoded parameters of a valid target's query, in their order.
   *
   * @throws Refused if one is there twice, or a percent sign is not followed by two hexadecimal
   *     digits
   */
  static Map<String, String> query(String target) {
    Map<String, String> all = new LinkedHashMap<>();
    int at = target.indexOf('?');
    String query = at < 0 ? "" : target.substring(at + 1);
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decodedPart(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decodedPart(pair.substring(equals + 1));
      if (!pair.isEmpty() && all.put(name, value) != null) {
        throw new Refused(new ApiError.InvalidValue(Clip.marked(100, name), "is there twice."));
      }
    }
    return all;
  }

  private static String decoded(String path) {
    return decodedPart(path.replace("+", "%2B"));
  }

  private static String decodedPart(String part) {
    try {
      return URLDecoder.decode(part, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refused(new ApiError.InvalidHttp("its target has a '%' that encodes nothing."));
    }
  }

  /** Returns path and query of a valid target as they stand there; a path alone begins with /. */
  static String withoutAuthority(String target) {
    int authority = authority(target);
    String rest = authority < 0 ? target : target.substring(pathAt(target, authority));
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  /** Returns the authority of an origin such as {@code http://host:1}, or null. */
  static @Nullable String authorityOf(String origin) {
    int authority = authority(origin);
    return authority < 0 ? null : origin.substring(authority);
  }
}
