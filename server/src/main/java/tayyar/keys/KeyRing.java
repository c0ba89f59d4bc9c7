package tayyar.keys;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Key;

/**
 * Finds the key of a request. Reads one immutable snapshot that another thread swaps; {@link
 * #check} takes no lock and does no I/O, so event loops may call it. Thread-safe.
 */
public final class KeyRing {
  private static final String SCHEME = "bearer ";
  private static final int SECRET_CHARS_MAX = 256;
  private static final Check NONE = new Check.Refused(new ApiError.InvalidApiKey(false));
  private static final Check UNKNOWN = new Check.Refused(new ApiError.InvalidApiKey(true));
  private static final Check REVOKED = new Check.Refused(new ApiError.KeyRevoked());
  private static final Check EXPIRED =
      new Check.Refused(new ApiError.OfAccount(new AccountFault.KeyExpired()));
  private static final Check EVERYONE =
      new Check.Known(new Key("", "", "", Integer.MAX_VALUE, false));

  private final InstantSource clock = InstantSource.system();
  private final boolean open;
  private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot = Snapshot.EMPTY;

  /** A ring without keys: it refuses everyone until the first {@link #swap}. */
  public KeyRing() {
    this(false);
  }

  private KeyRing(boolean open) {
    this.open = open;
  }

  /**
   * A ring that lets everyone in without a key, as one nameless key with no limit worth the name.
   * For the worker, whose socket only its own gateway can reach.
   */
  public static KeyRing open() {
    return new KeyRing(true);
  }

  /** The ring's answer to a request. */
  public sealed interface Check {
    /** A valid key. */
    record Known(Key key) implements Check {}

    /** No key, an unknown one, or one that was revoked, expired or suspended. */
    record Refused(ApiError error) implements Check {}
  }

  /**
   * Checks the value of an Authorization header, or null where the request has none. The scheme
   * {@code Bearer} may be written in any case.
   */
  public Check check(@Nullable String authorizationHeader) {
    if (open) {
      return EVERYONE;
    }
    String secret = authorizationHeader == null ? "" : secret(authorizationHeader);
    if (secret.isEmpty()) {
      return NONE;
    }
    if (secret.length() > SECRET_CHARS_MAX) {
      return UNKNOWN;
    }
    Key key = snapshot.find(Fingerprint.of(secret));
    if (key == null) {
      return UNKNOWN;
    }
    if (key.revoked()) {
      return REVOKED;
    }
    if (key.expiresMs() <= clock.millis()) {
      return EXPIRED;
    }
    return key.account().suspended() ? suspended(key) : new Check.Known(key);
  }

  /**
   * Whether a key that {@link #check} once gave is still valid. A stream that has just been put
   * where {@link #onRevoked} finds it asks once more, for the key may have been revoked between.
   */
  public boolean valid(String keyId) {
    return open || snapshot.valid(keyId);
  }

  /** Puts new keys in the place of the old ones and tells the listeners which have become void. */
  public synchronized void swap(Snapshot next) {
    Snapshot before = snapshot;
    if (next == before) {
      return;
    }
    snapshot = next;
    Set<String> revoked = next.revokedSince(before);
    if (!revoked.isEmpty()) {
      listeners.forEach(listener -> listener.accept(revoked));
    }
  }

  /**
   * Calls the listener with the ids of keys that a swap has made void, after the swap, on the
   * swapping thread.
   */
  public void onRevoked(Consumer<Set<String>> listener) {
    listeners.add(listener);
  }

  private static Check suspended(Key key) {
    var why = new AccountFault.Suspended(key.account().organisation());
    return new Check.Refused(new ApiError.OfAccount(why));
  }

  private static String secret(String header) {
    String value = header.strip();
    return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? value.substring(SCHEME.length()).strip()
        : "";
  }
}
