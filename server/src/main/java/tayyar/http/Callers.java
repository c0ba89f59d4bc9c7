package tayyar.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.Network;

/**
 * Tells from which address a request comes. Behind trusted proxies it is the rightmost address of
 * {@code X-Forwarded-For}, or of {@code Forwarded} (RFC 7239), that is not a trusted proxy's: what
 * stands left of it, anybody may have written. A field that can't be read there, or two that
 * contradict each other, leave it unknown. Immutable.
 *
 * @param trusted the proxies whose fields are believed
 */
public record Callers(List<Network> trusted) {
  /** Nobody's fields are believed. */
  public static final Callers DIRECT = new Callers(List.of());

  private static final Pattern FOUR_WITH_PORT = Pattern.compile("[0-9.]+:[0-9]{1,5}");
  private static final Pattern BRACKETED = Pattern.compile("\\[[^\\]]*\\](:[0-9]{1,5})?");

  /** Copies the list. */
  public Callers {
    trusted = List.copyOf(trusted);
  }

  /**
   * Returns the client's address; null where it is unknown.
   *
   * @param peer who is connected; null on a Unix socket
   */
  @Nullable InetAddress of(@Nullable InetAddress peer, HttpHeaders headers) {
    if (peer == null || !isTrusted(peer)) {
      return peer;
    }
    List<String> listed = headers.getAll("X-Forwarded-For");
    List<String> elements = headers.getAll("Forwarded");
    if (listed.isEmpty() && elements.isEmpty()) {
      return peer;
    }
    InetAddress first = rightmost(List.of(String.join(",", listed).split(",", -1)));
    InetAddress second = rightmost(Forwarded.values(String.join(",", elements), "for"));
    if (listed.isEmpty() || elements.isEmpty()) {
      return listed.isEmpty() ? second : first;
    }
    return first != null && first.equals(second) ? first : null;
  }

  /** Whether an address is a trusted proxy's. */
  boolean isTrusted(InetAddress address) {
    for (Network network : trusted) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** The rightmost address that is not trusted, or the leftmost of all; null where it is none. */
  private @Nullable InetAddress rightmost(@Nullable List<String> nodes) {
    if (nodes == null) {
      return null;
    }
    InetAddress address = null;
    for (String node : nodes.reversed()) {
      address = Network.address(bare(node.strip()));
      if (address == null || !isTrusted(address)) {
        return address;
      }
    }
    return address;
  }

  /** The address without its port and its brackets. */
  private static String bare(String node) {
    if (BRACKETED.matcher(node).matches()) {
      return node.substring(1, node.indexOf(']'));
    }
    return FOUR_WITH_PORT.matcher(node).matches() ? node.substring(0, node.indexOf(':')) : node;
  }
}
