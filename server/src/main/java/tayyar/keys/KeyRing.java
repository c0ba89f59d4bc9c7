package tayyar.keys;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Key;

/**
 * Finds the key of a request. Reads one immutable snapshot that another thread swaps; {@link
 * #check} takes no lock and does no I/O, so event loops may call it. Thread-safe.
 */
public final class KeyRing {
  private static final String SCHEME = "bearer ";
  private static final int SECRET_CHARS_MAX = 256;
  private static final Check NONE = new Check.Refused(new ApiError.InvalidApiKey(false), "");
  private static final Check UNKNOWN = new Check.Refused(new ApiError.InvalidApiKey(true), "");
  private static final Check EVERYONE =
      new Check.Known(new Key("", "", "", Integer.MAX_VALUE, false));

  private final InstantSource clock;
  private final boolean open;
  private final List<Consumer<Map<String, ApiError>>> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private long lookedMs;
  private long nextExpiryMs = Key.NEVER;

  /** A ring without keys: it refuses everyone until the first {@link #swap}. */
  public KeyRing() {
    this(false, InstantSource.system());
  }

  KeyRing(InstantSource clock) {
    this(false, clock);
  }

  private KeyRing(boolean open, InstantSource clock) {
    this.open = open;
    this.clock = clock;
  }

  /**
   * A ring that lets everyone in without a key, as one nameless key with no limit worth the name.
   * For the worker, whose socket only its own gateway can reach.
   */
  public static KeyRing open() {
    return new KeyRing(true, InstantSource.system());
  }

  /** The ring's answer to a request. */
  public sealed interface Check {
    /** A valid key. */
    record Known(Key key) implements Check {}

    /**
     * No key, an unknown one, or one that was revoked, expired or suspended.
     *
     * @param hint the key as lists show it, where it was ever one; else empty
     */
    record Refused(ApiError error, String hint) implements Check {}
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
    ApiError fault = Snapshot.fault(key, clock.millis());
    return fault == null ? new Check.Known(key) : new Check.Refused(fault, key.hint());
  }

  /**
   * Why a key that {@link #check} once gave may not be used any more; null where it may. A stream
   * that has just been put where {@link #onVoid} finds it asks once more, for the key may have
   * become void between.
   */
  public @Nullable ApiError fault(String keyId) {
    return open ? null : snapshot.fault(keyId, clock.millis());
  }

  /** Puts new keys in the place of the old ones and tells the listeners which have become void. */
  public synchronized void swap(Snapshot next) {
    Snapshot before = snapshot;
    snapshot = next;
    turn(before);
  }

  /** Tells the listeners which keys have expired; costs next to nothing where none has. */
  public synchronized void look() {
    if (clock.millis() >= nextExpiryMs) {
      turn(snapshot);
    }
  }

  private void turn(Snapshot before) {
    long now = clock.millis();
    Map<String, ApiError> voided = snapshot.voidedSince(before, lookedMs, now);
    lookedMs = now;
    nextExpiryMs = snapshot.nextExpiryMs(now);
    if (!voided.isEmpty()) {
      listeners.forEach(listener -> listener.accept(voided));
    }
  }

  /**
   * Calls the listener with the ids of keys that have become void (revoked, expired, or of an
   * organisation that is suspended) and why, on the thread that has found out.
   */
  public void onVoid(Consumer<Map<String, ApiError>> listener) {
    listeners.add(listener);
  }

  private static String secret(String header) {
    String value = header.strip();
    return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? value.substring(SCHEME.length()).strip()
        : "";
  }
}
