package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.1.2.3/8, 10.9.9.9, true",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 2001:db8::1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "2001:db8::1, 2001:db8:0:0::1, true",
    // An address of version 4 within one of version 6 is that of version 4.
    "10.0.0.0/8, ::ffff:10.1.1.1, true",
    "::ffff:10.1.1.1, 10.1.1.1, true",
    "::/0, ::ffff:10.1.1.1, false",
  })
  void holdsWhatBeginsWithItsBits(String network, String address, boolean holds) {
    InetAddress other = Objects.requireNonNull(Network.address(address));
    assertThat(Objects.requireNonNull(Network.of(network)).contains(other)).isEqualTo(holds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10",
        "10.1",
        "10.0.0.256",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "::/129",
        "localhost",
        "fe80::1%lo",
        "[::1]",
        "0x0a000001",
        "010.0.0.1",
        "10.0.0.01",
        "10.0.0.0/08",
        "::ffff:10.0.0.0/104",
        "::ffff:10.0.0.0/8",
        "１0.0.0.1",
        ":",
        "1.2.3.4/8/8",
        " ::1"
      })
  void takesNothingElse(String text) {
    assertThat(Network.of(text)).isNull();
  }

  /** The kernel's own form of such an address has 16 bytes. */
  @Test
  void anAddressThatIsMappedIsThatOfVersion4() throws Exception {
    byte[] bytes = new byte[16];
    bytes[10] = -1;
    bytes[11] = -1;
    bytes[12] = 10;
    var mapped = Inet6Address.getByAddress(null, bytes, 2);
    assertThat(mapped).isInstanceOf(Inet6Address.class);
    assertThat(Objects.requireNonNull(Network.of("10.0.0.0/8")).contains(mapped)).isTrue();
    assertThat(Objects.requireNonNull(Network.of("::/0")).contains(mapped)).isFalse();
  }
}
