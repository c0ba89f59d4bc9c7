package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.Network;

/** The proxies are 10.0.0.0/8 and ::1; 10.0.0.1 is connected. */
final class CallersTest {
  private static final Callers BEHIND = new Callers(List.of(network("10.0.0.0/8"), network("::1")));

  private static Network network(String text) {
    return Objects.requireNonNull(Network.of(text));
  }

  private static InetAddress address(String text) {
    return Objects.requireNonNull(Network.address(text));
  }

  private static String client(Callers callers, String peer, String... fields) {
    var headers = new DefaultHttpHeaders();
    for (String field : fields) {
      headers.add(field.substring(0, field.indexOf(':')), field.substring(field.indexOf(':') + 1));
    }
    InetAddress client = callers.of(address(peer), headers);
    return client == null ? "unknown" : client.getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1 | 192.0.2.1",
        "192.0.2.1:4711 | 192.0.2.1",
        "[2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
        "2001:db8::1 | 2001:db8:0:0:0:0:0:1",
        // What a client has written itself stands on the left.
        "198.51.100.9, 192.0.2.1 | 192.0.2.1",
        "nonsense, 192.0.2.1 | 192.0.2.1",
        "192.0.2.1, 10.0.0.7,10.0.0.8 | 192.0.2.1",
        "10.0.0.7, 10.0.0.8 | 10.0.0.7",
        // Nothing can be read where it counts.
        "192.0.2.1, nonsense | unknown",
        "192.0.2.1, | unknown",
        "192.0.2.1, nonsense, 10.0.0.8 | unknown",
        "unknown | unknown",
        "192.0.2.1:port | unknown",
        "[192.0.2.1 | unknown",
        "fe80::1%eth0 | unknown",
        "010.0.0.9 | unknown",
        "::ffff:192.0.2.1 | 192.0.2.1",
        "::ffff:10.0.0.7 | 10.0.0.7",
        "[::ffff:192.0.2.1]:80 | 192.0.2.1",
        "[2001:db8::1]x | unknown",
        "localhost | unknown",
      })
  void theRightmostAddressThatIsNoProxysCounts(String listed, String client) {
    assertThat(client(BEHIND, "10.0.0.1", "X-Forwarded-For:" + listed)).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "for=192.0.2.1 | 192.0.2.1",
        "proto=https;FOR=\"192.0.2.1:99\";by=10.0.0.1 | 192.0.2.1",
        "for=198.51.100.9, for=\"[2001:db8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
        "by=10.0.0.1 ; for=192.0.2.1 | 192.0.2.1",
        "for=198.51.100.9 , for=\"\\192.0.2.1\" | 192.0.2.1",
        // What a proxy quotes is no element and no pair, nor what a client has left open.
        "for=192.0.2.1;host=\"x, for=198.51.100.9\" | 192.0.2.1",
        "host=\"x;for=198.51.100.9\";for=192.0.2.1 | 192.0.2.1",
        "host=\"\\\"for=198.51.100.9\";for=192.0.2.1 | 192.0.2.1",
        "for=\"198.51.100.9, for=192.0.2.1 | unknown",
        "for=198.51.100.9;x=\", for=192.0.2.1;host=\"y\" | unknown",
        "for=198.51.100.9;x=\", for=192.0.2.1;host=\";y=\\\"\" | unknown",
        "for=198.51.100.9;x=\", for=192.0.2.1\\ | unknown",
        "for=198.51.100.9;for=192.0.2.1 | unknown",
        "for=192.0.2.1;, for=192.0.2.1 | unknown",
        "for=192.0.2.1, | unknown",
        "for= | unknown",
        "for=192.0.2.1, for=\"[::1]\" | 192.0.2.1",
        "for=unknown | unknown",
        "for=_hidden | unknown",
        "by=192.0.2.1 | unknown",
        "192.0.2.1 | unknown",
      })
  void theStandardsFieldIsReadAsWell(String elements, String client) {
    assertThat(client(BEHIND, "10.0.0.1", "Forwarded:" + elements)).isEqualTo(client);
  }

  @Test
  void severalFieldsAreOneList() {
    String[] lines = {"X-Forwarded-For:192.0.2.1", "X-Forwarded-For:192.0.2.2"};
    assertThat(client(BEHIND, "10.0.0.1", lines)).isEqualTo("192.0.2.2");
    assertThat(client(BEHIND, "::1", lines)).isEqualTo("192.0.2.2");
  }

  /** A proxy writes one of the two and passes on what the client wrote in the other. */
  @Test
  void whereBothFieldsAreThereTheyMustAgree() {
    String listed = "X-Forwarded-For:192.0.2.1";
    assertThat(client(BEHIND, "10.0.0.1", listed, "Forwarded:for=192.0.2.1"))
        .isEqualTo("192.0.2.1");
    assertThat(client(BEHIND, "10.0.0.1", listed, "Forwarded:for=192.0.2.2")).isEqualTo("unknown");
    assertThat(client(BEHIND, "10.0.0.1", listed, "Forwarded:x")).isEqualTo("unknown");
  }

  @Test
  void nobodyElseIsBelieved() {
    String listed = "X-Forwarded-For:192.0.2.1";
    assertThat(client(BEHIND, "11.0.0.1", listed)).isEqualTo("11.0.0.1");
    assertThat(client(Callers.DIRECT, "10.0.0.1", listed)).isEqualTo("10.0.0.1");
    assertThat(BEHIND.of(null, new DefaultHttpHeaders().add("X-Forwarded-For", "10.0.0.1")))
        .isNull();
  }

  /** Whoever is on the proxy's own machine. */
  @Test
  void withoutAFieldItIsTheProxyItself() {
    assertThat(client(BEHIND, "10.0.0.1")).isEqualTo("10.0.0.1");
    assertThat(client(BEHIND, "10.0.0.1", "X-Forwarded-For:")).isEqualTo("unknown");
    assertThat(client(BEHIND, "10.0.0.1", "Forwarded:")).isEqualTo("unknown");
    assertThat(client(BEHIND, "10.0.0.1", "X-Real-IP:192.0.2.1")).isEqualTo("10.0.0.1");
  }

  @Test
  void aLongFieldIsReadToo() {
    String many = "\\a".repeat(20_000);
    assertThat(client(BEHIND, "10.0.0.1", "Forwarded:x=\"" + many + "\", for=192.0.2.1"))
        .isEqualTo("192.0.2.1");
    assertThat(client(BEHIND, "10.0.0.1", "X-Forwarded-For:" + "10.0.0.9,".repeat(5_000) + "::1"))
        .isEqualTo("10.0.0.9");
  }
}
