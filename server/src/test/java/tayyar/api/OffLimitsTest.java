package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OffLimitsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.0.1",
        "169.254.170.2",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "100.100.100.200",
        "fd00:ec2::254",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "metadata.google.internal",
        "Metadata.Google.Internal.",
        "metadata",
      })
  void noTargetIsThere(String host) {
    assertThat(OffLimits.host(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "10.0.0.7", "[::1]", "gpu-1", "api.example.com", "169.253.1.1"})
  void aTargetMayBeThere(String host) {
    assertThat(OffLimits.host(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.1.2", "fe80::7", "fd00:ec2::254"})
  void aNamesAddressesAreChecked(String address) throws UnknownHostException {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();

    assertThat(OffLimits.address(InetAddress.getByAddress("gpu-1", bytes))).isTrue();
  }
}
