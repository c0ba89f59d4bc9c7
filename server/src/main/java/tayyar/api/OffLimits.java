package tayyar.api;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses that no target may have: link-local ones, and those where clouds hand out their
 * machines' credentials. No inference server is ever there.
 */
public final class OffLimits {
  private static final Set<String> NAMES =
      Set.of("metadata", "metadata.google.internal", "metadata.goog", "instance-data");

  private static final Set<InetAddress> ADDRESSES =
      Stream.of(
              "100.100.100.200",
              "168.63.129.16",
              "192.0.0.192",
              "fd00:ec2::254",
              "fd00:ec2::23",
              "fd20:ce::254")
          .map(InetAddress::ofLiteral)
          .collect(Collectors.toUnmodifiableSet());

  /** The prefixes of IPv4 addresses inside IPv6 ones: zeros, or that of NAT64. */
  private static final List<byte[]> BEFORE_IPV4 =
      List.of(new byte[12], HexFormat.of().parseHex("0064ff9b0000000000000000"));

  private OffLimits() {}

  /** Whether a URL's host is known to be off limits. Looks no name up. */
  public static boolean host(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    name = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return NAMES.contains(name) || literal(name);
  }

  private static boolean literal(String name) {
    try {
      return address(
          name.indexOf(':') >= 0 ? InetAddress.ofLiteral(name) : Inet4Address.ofPosixLiteral(name));
    } catch (IllegalArgumentException e) {
      // It is a name; its addresses are checked when it is looked up.
      return false;
    }
  }

  /** Whether an address is off limits. */
  public static boolean address(InetAddress address) {
    return address.isLinkLocalAddress() || ADDRESSES.contains(address) || insideOf(address);
  }

  private static boolean insideOf(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16
        || BEFORE_IPV4.stream().noneMatch(b -> Arrays.equals(b, 0, 12, bytes, 0, 12))) {
      return false;
    }
    String inside = (bytes[12] & 255) + "." + (bytes[13] & 255) + "." + (bytes[14] & 255);
    return address(InetAddress.ofLiteral(inside + "." + (bytes[15] & 255)));
  }
}
