package tayyar.keys;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

  boolean valid(String keyId) {
    Key key = byId.get(keyId);
    return key != null && !key.revoked();
  }

  /** Ids of the keys that were valid before this snapshot and are not any more. */
  Set<String> revokedSince(Snapshot before) {
    Set<String> revoked = new HashSet<>();
    for (Key key : before.byId.values()) {
      if (!key.revoked() && !valid(key.id())) {
        revoked.add(key.id());
      }
    }
    return Set.copyOf(revoked);
  }
}
