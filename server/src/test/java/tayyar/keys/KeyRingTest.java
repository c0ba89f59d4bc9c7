package tayyar.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Key;

final class KeyRingTest {
  private static final String SECRET = "sk-0123456789abcdef0123456789abcdef";
  private static final Key KEY = new Key("key_a", "a", "sk-...cdef", 600, false);
  private static final Key REVOKED = new Key("key_a", "a", "sk-...cdef", 600, true);

  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "  bEaReR   "})
  void takesTheSchemeInAnyCase(String scheme) {
    assertThat(ring(KEY).check(scheme + SECRET + " ")).isEqualTo(new KeyRing.Check.Known(KEY));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "Bearer", "Bearer ", SECRET, "Basic " + SECRET, "Bearer" + SECRET})
  void saysThatThereIsNoKey(@Nullable String header) {
    assertThat(ring(KEY).check(header)).isEqualTo(refused(new ApiError.InvalidApiKey(false)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer " + SECRET + "0",
        "Bearer \u00e9\ud800",
        "Bearer sk-0123456789ABCDEF0123456789ABCDEF"
      })
  void refusesEverythingElse(String header) {
    assertThat(ring(KEY).check(header)).isEqualTo(refused(new ApiError.InvalidApiKey(true)));
  }

  @Test
  void refusesAnEndlessOne() {
    assertThat(ring(KEY).check("Bearer " + "x".repeat(30_000)))
        .isEqualTo(refused(new ApiError.InvalidApiKey(true)));
  }

  @Test
  void refusesEveryoneBeforeTheFirstSwap() {
    assertThat(new KeyRing().check("Bearer " + SECRET))
        .isEqualTo(refused(new ApiError.InvalidApiKey(true)));
  }

  @Test
  void aRevokedKeyIsToldSo() {
    assertThat(ring(REVOKED).check("Bearer " + SECRET))
        .isEqualTo(refused(new ApiError.KeyRevoked(), REVOKED.hint()));
    assertThat(ring(REVOKED).fault("key_a")).isEqualTo(new ApiError.KeyRevoked());
    assertThat(ring(KEY).fault("key_a")).isNull();
    assertThat(ring(KEY).fault("key_z")).isEqualTo(new ApiError.KeyRevoked());
  }

  @Test
  void aSwapTellsOnceWhichKeysHaveBecomeVoid() {
    Key gone = new Key("key_b", "", "sk-...0000", 1, false);
    KeyRing ring = new KeyRing();
    List<Map<String, ApiError>> told = new ArrayList<>();
    ring.onVoid(told::add);

    ring.swap(snapshot(Map.of(SECRET, KEY, "other", gone)));
    assertThat(told).isEmpty();
    ring.swap(snapshot(Map.of(SECRET, REVOKED)));
    ring.swap(snapshot(Map.of(SECRET, REVOKED)));

    assertThat(told)
        .containsExactly(
            Map.of("key_a", new ApiError.KeyRevoked(), "key_b", new ApiError.KeyRevoked()));
  }

  @Test
  void aKeyIsVoidFromItsEndOn() {
    var now = new AtomicLong(1_000);
    KeyRing ring = new KeyRing(() -> Instant.ofEpochMilli(now.get()));
    List<Map<String, ApiError>> told = new ArrayList<>();
    ring.onVoid(told::add);
    ApiError over = new ApiError.OfAccount(new AccountFault.KeyExpired());
    ring.swap(snapshot(Map.of(SECRET, ending("key_a", 2_000), "other", ending("key_b", 3_000))));

    now.set(1_999);
    ring.look();
    assertThat(told).isEmpty();
    assertThat(ring.fault("key_a")).isNull();
    now.set(2_000);
    assertThat(ring.check("Bearer " + SECRET)).isEqualTo(refused(over));
    ring.look();
    ring.look();
    now.set(4_000);
    ring.look();

    assertThat(told).containsExactly(Map.of("key_a", over), Map.of("key_b", over));
  }

  private static Key ending(String id, long expiresMs) {
    return new Key(id, "", "", false, expiresMs, KEY.account(), KEY.scopes());
  }

  @Test
  void theListenerFindsTheKeyVoidAlready() {
    KeyRing ring = ring(KEY);
    List<KeyRing.Check> seen = new ArrayList<>();
    ring.onVoid(ids -> seen.add(ring.check("Bearer " + SECRET)));

    ring.swap(snapshot(Map.of(SECRET, REVOKED)));

    assertThat(seen).containsExactly(refused(new ApiError.KeyRevoked(), REVOKED.hint()));
  }

  @Test
  void anOpenRingLetsEveryoneIn() {
    assertThat(KeyRing.open().check(null)).isInstanceOf(KeyRing.Check.Known.class);
    assertThat(KeyRing.open().fault("")).isNull();
  }

  private static KeyRing.Check refused(ApiError error) {
    return refused(error, "");
  }

  private static KeyRing.Check refused(ApiError error, String hint) {
    return new KeyRing.Check.Refused(error, hint);
  }

  private static KeyRing ring(Key key) {
    KeyRing ring = new KeyRing();
    ring.swap(snapshot(Map.of(SECRET, key)));
    return ring;
  }

  private static Snapshot snapshot(Map<String, Key> keys) {
    Map<Fingerprint, Key> prints = new HashMap<>();
    keys.forEach((secret, key) -> prints.put(Fingerprint.of(secret), key));
    return new Snapshot(prints);
  }
}
