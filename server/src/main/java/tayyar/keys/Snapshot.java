package tayyar.keys;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Key;

/** All keys at one moment, revoked ones too. Immutable. */
public final class Snapshot {
  static final Snapshot EMPTY = new Snapshot(Map.of());

  private final Map<Fingerprint, Key> keys;
  private final Map<String, Key> byId;

  Snapshot(Map<Fingerprint, Key> keys) {
    this.keys = Map.copyOf(keys);
    Map<String, Key> ids = HashMap.newHashMap(keys.size());
    keys.values().forEach(key -> ids.put(key.id(), key));
    this.byId = Map.copyOf(ids);
  }

  /** Returns the number of keys. */
  public int size() {
    return keys.size();
  }

  @Nullable Key find(Fingerprint fingerprint) {
    return keys.get(fingerprint);
  }

  /**
   * Why a key may not be used.
   *
   * @param nowMs milliseconds since the epoch
   * @return null where it may
   */
  @Nullable ApiError fault(String keyId, long nowMs) {
    Key key = byId.get(keyId);
    return key == null ? new ApiError.KeyRevoked() : fault(key, nowMs);
  }

  /** The same of a key that is there. */
  static @Nullable ApiError fault(Key key, long nowMs) {
    if (key.revoked()) {
      return new ApiError.KeyRevoked();
    }
    if (key.expiresMs() <= nowMs) {
      return new ApiError.OfAccount(new AccountFault.KeyExpired());
    }
    return key.account().suspended()
        ? new ApiError.OfAccount(new AccountFault.Suspended(key.account().organisation()))
        : null;
  }

  /**
   * The keys that could be used before and can't be any more, by id, and why.
   *
   * @param beforeMs the moment of before
   */
  Map<String, ApiError> voidedSince(Snapshot before, long beforeMs, long nowMs) {
    Map<String, ApiError> voided = new HashMap<>();
    for (Key key : before.byId.values()) {
      ApiError fault = fault(key, beforeMs) == null ? fault(key.id(), nowMs) : null;
      if (fault != null) {
        voided.put(key.id(), fault);
      }
    }
    return Map.copyOf(voided);
  }

  /** When the next key expires after a moment; {@link Key#NEVER}. */
  long nextExpiryMs(long afterMs) {
    return keys.values().stream()
        .mapToLong(Key::expiresMs)
        .filter(ms -> ms > afterMs)
        .min()
        .orElse(Key.NEVER);
  }
}
