package tayyar.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WrongKeysTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final WrongKeys wrong = new WrongKeys(nanos::get);

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void useUp(InetAddress address) {
    for (int i = 0; i < WrongKeys.MOST; i++) {
      assertThat(wrong.retryAfterSeconds(address)).isZero();
    }
  }

  @Test
  void anAddressMayTrySomeInAMinute() throws UnknownHostException {
    InetAddress one = address("192.0.2.1");
    useUp(one);
    assertThat(wrong.retryAfterSeconds(one)).isEqualTo(60);
    pass(Duration.ofSeconds(59));
    assertThat(wrong.retryAfterSeconds(one)).isEqualTo(1);
    pass(Duration.ofSeconds(1));
    useUp(one);
    assertThat(wrong.retryAfterSeconds(one)).isEqualTo(60);
    assertThat(wrong.ever()).isEqualTo(2 * WrongKeys.MOST + 3);
  }

  @Test
  void anotherAddressIsAnother() throws UnknownHostException {
    useUp(address("192.0.2.1"));
    int held = 0;
    for (int i = 0; i < 100; i++) {
      held += wrong.retryAfterSeconds(address("198.51.100." + i)) > 0 ? 1 : 0;
    }
    assertThat(held).as("those that share the place by chance").isLessThan(5);
  }

  @Test
  void aNetworkOfVersion6IsOne() throws UnknownHostException {
    useUp(address("2001:db8::1"));
    assertThat(wrong.retryAfterSeconds(address("2001:db8::ffff:1"))).isPositive();
  }

  @Test
  void whoHasNoAddressIsNotHeldUp() {
    for (int i = 0; i < 2 * WrongKeys.MOST; i++) {
      assertThat(wrong.retryAfterSeconds(null)).isZero();
    }
  }

  /** A count that runs on for years must not run over into the time. */
  @Test
  void theCountEndsAboveTheLimit() throws UnknownHostException {
    InetAddress one = address("192.0.2.1");
    for (int i = 0; i < 1_000_000; i++) {
      wrong.retryAfterSeconds(one);
    }
    assertThat(wrong.retryAfterSeconds(one)).isEqualTo(60);
    pass(Duration.ofSeconds(60));
    assertThat(wrong.retryAfterSeconds(one)).isZero();
  }
}
