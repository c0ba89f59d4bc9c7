package tayyar.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far an answer is in its grammar, and which tokens may follow. Belongs to one thread.
 *
 * <p>The states that it meets are kept, each with its next ones, so a token is mostly looked up
 * byte by byte. What looking costs is bounded whatever the grammar is; see {@link #WORK_MAX}.
 */
public final class Place {
  /**
   * The places in the network that are looked at for the tokens of one state, after which those not
   * looked at are left out: the answer keeps its form, and no other answer waits for it.
   */
  static final int WORK_MAX = 30_000;

  /** The bytes of all states that are kept. */
  static final int KEPT_BYTES_MAX = 4 << 20;

  /** Of a state without its configurations, and of the table of its next ones. */
  private static final int STATE_BYTES = 160;

  private static final int NEXT_BYTES = 1_040;

  private static final int MASKS_MAX = 64;

  private final Pieces pieces;
  private final Configurations configurations;
  private final Map<Configurations.Key, State> states = new HashMap<>();
  private final State[] path;
  private State now;
  private int masks;
  private int keptBytes;

  /** A state of the network, with what is known of it so far. */
  static final class State {
    final long[] configurations;
    final boolean mayEnd;
    private @Nullable State @Nullable [] next;
    private long @Nullable [] mask;

    State(long[] configurations, boolean mayEnd) {
      this.configurations = configurations;
      this.mayEnd = mayEnd;
    }
  }

  /** At the beginning of a grammar, for a model with these pieces. */
  public Place(Grammar grammar, Pieces pieces) {
    this.pieces = pieces;
    this.configurations = new Configurations(grammar);
    this.path = new State[pieces.longest() + 1];
    this.now = interned(configurations.begin());
  }

  /** Whether the answer may be over. */
  public boolean mayEnd() {
    return now.mayEnd;
  }

  /** Whether nothing can follow. */
  public boolean mustEnd() {
    return now.configurations.length == 0;
  }

  /** Whether a token that is text may follow. */
  public boolean allows(int token) {
    byte[] piece = pieces.of(token);
    return piece.length > 0 && after(piece) != null;
  }

  /**
   * Goes on behind a text.
   *
   * @return false if it can't follow; then nothing has changed
   */
  public boolean take(byte[] utf8) {
    State then = after(utf8);
    if (then == null) {
      return false;
    }
    now = then;
    if (keptBytes > KEPT_BYTES_MAX) {
      forget();
    }
    return true;
  }

  private @Nullable State after(byte[] utf8) {
    State state = now;
    for (byte b : utf8) {
      state = next(state, b & 255);
      if (dead(state)) {
        return null;
      }
    }
    return state;
  }

  /**
   * The tokens that may follow, as bits; never changed by the caller, and true until the next
   * {@link #take}. At least one bit is set where the vocabulary has each byte and the answer need
   * not end.
   */
  public long[] mask() {
    long[] known = now.mask;
    if (known == null) {
      known = made();
      if (masks++ < MASKS_MAX) {
        now.mask = known;
      }
    }
    return known;
  }

  private long[] made() {
    var mask = new long[(pieces.count() + 63) / 64];
    long end = configurations.work() + WORK_MAX;
    boolean any = false;
    for (int token : pieces.single()) {
      if (any && configurations.work() >= end) {
        break;
      }
      if (!dead(next(now, pieces.of(token)[0] & 255))) {
        mask[token >> 6] |= 1L << token;
        any = true;
      }
    }
    path[0] = now;
    int alive = 0;
    for (int i = 0; i < pieces.sorted() && configurations.work() < end; i++) {
      int shared = pieces.shared(i);
      if (shared > alive) {
        continue;
      }
      byte[] piece = pieces.of(pieces.token(i));
      alive = walked(piece, shared);
      if (alive == piece.length) {
        int token = pieces.token(i);
        mask[token >> 6] |= 1L << token;
      }
    }
    return mask;
  }

  /** Returns how many bytes of a piece can follow, of which the first are walked already. */
  private int walked(byte[] piece, int from) {
    int at = from;
    while (at < piece.length) {
      State then = next(path[at], piece[at] & 255);
      if (dead(then)) {
        return at;
      }
      path[++at] = then;
    }
    return at;
  }

  private static boolean dead(State state) {
    return state.configurations.length == 0 && !state.mayEnd;
  }

  private State next(State state, int b) {
    @Nullable State[] all = state.next;
    if (all == null) {
      all = new State[256];
      state.next = all;
      keptBytes += NEXT_BYTES;
    }
    State known = all[b];
    if (known == null) {
      known = interned(configurations.behind(state.configurations, b));
      all[b] = known;
    }
    return known;
  }

  private State interned(Configurations.Key key) {
    State known = states.get(key);
    if (known == null) {
      known = new State(key.configurations(), key.mayEnd());
      states.put(key, known);
      keptBytes += STATE_BYTES + Long.BYTES * known.configurations.length;
    }
    return known;
  }

  /** The places in the network that were looked at so far. */
  long work() {
    return configurations.work();
  }

  /** The bytes of what is known. */
  int keptBytes() {
    return keptBytes;
  }

  /** Drops all that is known but where it is. */
  private void forget() {
    states.clear();
    masks = 0;
    keptBytes = 0;
    now = interned(configurations.forgetAllBut(now.configurations, now.mayEnd));
    Arrays.fill(path, null);
  }
}
