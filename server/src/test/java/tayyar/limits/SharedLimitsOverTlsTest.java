package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.redis.RedisShares;
import tayyar.testing.RedisServer;
import tayyar.testing.TestCertificate;

/** Counters in a real Redis over TLS: only the one whose certificate is right is told anything. */
@Tag("socket")
final class SharedLimitsOverTlsTest {
  @TempDir private Path folder;

  @Test
  void aRedisOfTheNamedAuthorityCounts() throws IOException {
    TestCertificate its = TestCertificate.in(folder, "redis", "RSA", "localhost");
    Path ca = its.files().certificate();
    Path other = TestCertificate.in(folder, "other", "EC", "localhost").files().certificate();
    try (RedisServer redis = RedisServer.overTls(its)) {
      redis.start();
      assertThat(RedisShares.flaw(redis.overTls("localhost", ca))).isEmpty();
      assertThat(RedisShares.flaw(redis.overTls("127.0.0.1", ca))).isEmpty();
      assertThat(RedisShares.flaw(redis.overTls("localhost", null)))
          .contains("rediss://localhost:")
          .contains("unable to find valid certification path");
      assertThat(RedisShares.flaw(redis.overTls("localhost", other))).contains("does not count");
    }
  }

  @Test
  void oneOfAnotherNameIsNotTrusted() throws IOException {
    TestCertificate its = TestCertificate.in(folder, "redis", "EC", "redis-1");
    try (RedisServer redis = RedisServer.overTls(its)) {
      redis.start();
      assertThat(RedisShares.flaw(redis.overTls("localhost", its.files().certificate())))
          .contains("No subject alternative DNS name matching localhost found");
    }
  }
}
