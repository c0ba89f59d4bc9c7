package tayyar.keys;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the wrong keys of each address, so that one who tries many is told to stop, in few lines
 * of the log. A valid key is let in whatever else comes from its address, which may be a proxy's.
 * The table has a fixed size; addresses that share a place by chance share its count. Thread-safe,
 * without a lock.
 */
public final class WrongKeys {
  /** Wrong keys that one address may try in a minute; a person who mistypes one needs few. */
  public static final int MOST = 60;

  /** The time for which an address's wrong keys are counted together, in seconds. */
  public static final int WINDOW_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(WrongKeys.class);
  private static final int PLACES = 1 << 12;
  private static final long NANOS = 1_000_000_000;

  private final LongSupplier nanoClock;
  private final long origin;

  /** Nobody outside can choose addresses that share a place with another's. */
  private final long salt = ThreadLocalRandom.current().nextLong();

  /** The second in which a window ends, and below it the count. */
  private final AtomicLongArray places = new AtomicLongArray(PLACES);

  private final LongAdder ever = new LongAdder();

  /**
   * Has seen none.
   *
   * @param nanoClock as {@link System#nanoTime()}
   */
  public WrongKeys(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.origin = nanoClock.getAsLong();
  }

  /**
   * Counts one.
   *
   * @param address null where there is none, as on a Unix socket; then it is not held against it
   * @return 0 where it is to be told that the key is wrong; else for how many seconds no more
   *     should be tried
   */
  public int retryAfterSeconds(@Nullable InetAddress address) {
    ever.increment();
    if (address == null) {
      return 0;
    }
    long second = (nanoClock.getAsLong() - origin) / NANOS;
    long now = places.updateAndGet(place(address), before -> next(before, second));
    int count = (int) now;
    if (count <= MOST) {
      return 0;
    }
    int left = (int) Math.max(1, (now >>> Integer.SIZE) - second);
    if (count == MOST + 1) {
      LOG.atInfo()
          .addKeyValue("address", address.getHostAddress())
          .addKeyValue("seconds", left)
          .log("an address tries many wrong keys; it is refused without further lines");
    }
    return left;
  }

  /** All since the start. */
  public long ever() {
    return ever.sum();
  }

  private static long next(long before, long second) {
    long until = before >>> Integer.SIZE;
    if (second >= until) {
      return (second + WINDOW_SECONDS) << Integer.SIZE | 1;
    }
    return (int) before > MOST + 1 ? before : before + 1;
  }

  /** One who has an address of version 6 has 2 to the power of 64 of them. */
  private int place(InetAddress address) {
    byte[] bytes = address.getAddress();
    int length = address instanceof Inet4Address ? bytes.length : Long.BYTES;
    long hash = salt;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ bytes[i]) * 0x9E37_79B9_7F4A_7C15L;
    }
    return (int) (hash >>> (Long.SIZE - 12));
  }
}
