package tayyar.api;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin with the same bits, of version 4 or 6 (CIDR, RFC 4632 and RFC 4291). An
 * address of version 4 that is mapped into version 6 is that of version 4. Immutable.
 *
 * @param address one of them
 * @param bits how many bits are the same
 */
public record Network(InetAddress address, int bits) {
  private static final String OCTET = "(0|[1-9][0-9]{0,2})";
  private static final Pattern FOUR = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern SIX = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern BITS = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final int SIX_CHARS_MAX = 45;
  private static final int FOUR_BYTES = 4;
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  /** The network that is written so, {@code 10.0.0.0/8} or one address alone; null for no such. */
  public static @Nullable Network of(String text) {
    int slash = text.indexOf('/');
    String written = slash < 0 ? text : text.substring(0, slash);
    InetAddress address = address(written);
    if (address == null) {
      return null;
    }
    int most = address.getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return new Network(address, most);
    }
    // Of an address that is mapped, nobody can tell from which version its bits are counted.
    boolean mapped = written.indexOf(':') >= 0 && most == FOUR_BYTES * Byte.SIZE;
    String bits = text.substring(slash + 1);
    return !mapped && BITS.matcher(bits).matches() && Integer.parseInt(bits) <= most
        ? new Network(address, Integer.parseInt(bits))
        : null;
  }

  /**
   * The address that is written so, and no other thing: no name is looked up, no short or octal
   * form of version 4 is taken, nor a zone of version 6.
   */
  public static @Nullable InetAddress address(String text) {
    boolean four = FOUR.matcher(text).matches();
    boolean six = text.length() <= SIX_CHARS_MAX && SIX.matcher(text).matches();
    if (!four && !six) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether an address is in it; never where the versions differ. */
  public boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] its = unmapped(other.getAddress());
    if (mine.length != its.length) {
      return false;
    }
    for (int i = 0, left = bits; left > 0; i++, left -= Byte.SIZE) {
      int shift = Math.max(0, Byte.SIZE - left);
      if ((mine[i] & 0xff) >>> shift != (its[i] & 0xff) >>> shift) {
        return false;
      }
    }
    return true;
  }

  private static byte[] unmapped(byte[] bytes) {
    boolean mapped =
        bytes.length > FOUR_BYTES
            && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
    return mapped ? Arrays.copyOfRange(bytes, MAPPED.length, bytes.length) : bytes;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + bits;
  }
}
