package tayyar.limits;

import org.jspecify.annotations.Nullable;

/**
 * What this gateway has of one shared counter: units that it may use without asking, and what it
 * has to tell. Not thread-safe: its {@link Turn} is guarded by the organisation's lock.
 */
final class Lease {
  /** A refusal is believed for so long: others may give back in the meantime. */
  private static final long WINDOW_NANOS = 1_000_000_000;

  private static final long PLACES_NANOS = 100_000_000;

  /** Below this demand in a second, leasing ahead is not worth its return. */
  private static final long DEMAND_LEAST = 2;

  private static final int SHARE = 8;

  private final String holder;
  private final Kind kind;
  private long limit;

  /** Leased and not used, and the slot in which it was. */
  private long spare;

  private long spareSlot = -1;

  /** The least that was spare since the last look: it is of no use. */
  private long least;

  /** Places in use. */
  private long used;

  /** Places that the counter was told of last. */
  private long told;

  /** Used without having been leased, and since when. */
  private long owed;

  private long owedAt;
  private long slot = -1;
  private long back;
  private long backBefore;

  /** Units used in this second, and in the last one. */
  private long taken;

  private long demand;

  /** What all gateways had used by the last answer. */
  private long all;

  private boolean beat;
  private boolean listed;
  private @Nullable Refusal refusal;

  /** The last refusal: at least {@code need} was too much, until then by our clock. */
  record Refusal(long need, long endNanos, long forgetNanos) {}

  Lease(String holder, Kind kind) {
    this.holder = holder;
    this.kind = kind;
  }

  String holder() {
    return holder;
  }

  Kind kind() {
    return kind;
  }

  private boolean ofPlaces() {
    return kind == Kind.PLACES;
  }

  void limit(long now) {
    limit = now;
  }

  long limit() {
    return limit;
  }

  /** The slot that units are leased in which are used now. */
  long slot() {
    return spareSlot >= 0 && spare > 0 ? spareSlot : slot;
  }

  /** What all gateways have used, as far as it is known here. */
  long usedByAll() {
    return all - spare;
  }

  /** A request comes that needs so much. */
  void wanted(long need) {
    taken += need;
  }

  /** Uses what is there of these units, and returns how many. */
  long take(long need) {
    long its = Math.min(spare, need);
    spare -= its;
    least = Math.min(least, spare);
    use(its);
    return its;
  }

  /** Undoes {@link #take}. */
  void putBack(long many) {
    spare += many;
    use(-many);
  }

  private void use(long many) {
    if (ofPlaces()) {
      used += many;
    }
  }

  /** Uses units that nobody was asked for. */
  void owe(long many, long now) {
    if (ofPlaces()) {
      used += many;
    } else if (many > 0) {
      owedAt = owed == 0 ? now : owedAt;
      owed += many;
    }
  }

  /** These units were leased, and some of them are used at once. */
  void granted(long units, long usedAtOnce, long at) {
    if (!ofPlaces() && spareSlot != at) {
      giveBack(spareSlot, spare);
      spare = 0;
      spareSlot = at;
    }
    spare += units - usedAtOnce;
    use(usedAtOnce);
    refusal = null;
  }

  /** Units that were leased in a slot are not used after all. */
  void giveBack(long at, long many) {
    long its = Math.min(owed, many);
    owed -= its;
    turnTo(at);
    if (at == slot) {
      back += many - its;
    } else if (at == slot - 1) {
      backBefore += many - its;
    }
    refusal = null;
  }

  private void turnTo(long at) {
    if (at > slot) {
      backBefore = at == slot + 1 ? back : 0;
      back = 0;
      slot = at;
    }
  }

  /** A place is free again; more than is soon needed is not kept. */
  void end() {
    used--;
    spare = Math.min(spare + 1, ahead());
    refusal = null;
  }

  /** An answer has come. */
  void heard(long at, long usedByAll) {
    turnTo(at);
    all = usedByAll;
  }

  /** There was no answer: what was known of the others is worth nothing. */
  void unheard() {
    all = 0;
    refusal = null;
  }

  /** So much was refused for so long. */
  void refused(long need, long waitNanos, long now) {
    long believed = Math.min(waitNanos, ofPlaces() ? PLACES_NANOS : WINDOW_NANOS);
    refusal = new Refusal(need, now + waitNanos, now + believed);
  }

  /** Nanoseconds to wait for that much by a refusal that still counts; 0 for none. */
  long wait(long need, long now) {
    Refusal last = refusal;
    return last == null || need < last.need || spare >= need || now - last.forgetNanos >= 0
        ? 0
        : Math.max(1, last.endNanos - now);
  }

  /** The same for what was refused. */
  long waitRefused(long now) {
    return refusal == null ? 0 : wait(refusal.need, now);
  }

  /** Units that are worth having: those of a second. */
  long ahead() {
    return demand < DEMAND_LEAST ? 0 : Math.min(demand, limit / SHARE);
  }

  /** Whether it runs dry and should lease more. */
  boolean wantsMore() {
    long most = ahead();
    return most > 0 && spare < most / 2 + 1 && refusal == null;
  }

  /** Once a second: what was spare all the time goes back. */
  void look(long now, long windowNanos) {
    if (refusal != null && now - refusal.forgetNanos >= 0) {
      refusal = null;
    }
    demand = taken;
    taken = 0;
    long idle = Math.min(least, spare);
    spare -= idle;
    if (!ofPlaces()) {
      giveBackIdle(idle);
    }
    least = spare;
    if (owed > 0 && now - owedAt >= windowNanos) {
      owed = 0;
    }
  }

  private void giveBackIdle(long many) {
    Refusal last = refusal;
    giveBack(spareSlot, many);
    refusal = last;
  }

  /** Gives back all that is not used: nobody comes any more. */
  void release() {
    least = spare;
    taken = 0;
    look(0, Long.MAX_VALUE);
  }

  /** Makes it tell its places anew. */
  void beat() {
    beat = spare + used > 0;
  }

  /** Whether there is something to tell. */
  boolean hasNews() {
    return owed > 0 || back > 0 || backBefore > 0 || (ofPlaces() && (beat || told != spare + used));
  }

  /** Whether nothing is left of it that matters. */
  boolean isIdle() {
    return spare == 0 && used == 0 && !hasNews() && demand == 0 && taken == 0 && refusal == null;
  }

  /** Tells all that there is to tell. */
  Ask.Counter tell() {
    var news = new Ask.Counter(holder, kind, owed, slot, back, backBefore, spare + used);
    owed = 0;
    back = 0;
    backBefore = 0;
    told = spare + used;
    beat = false;
    return news;
  }

  /** Whether its turn knows it; from now on it does. */
  boolean list() {
    boolean before = listed;
    listed = true;
    return before;
  }

  /** Its turn forgets it. */
  void unlist() {
    listed = false;
  }

  /** What was told has perhaps not been heard: places are told again. */
  void untold() {
    told = -1;
  }

  /** The answer's places were told by it. */
  void toldMore(long units) {
    if (ofPlaces()) {
      told += units;
    }
  }
}
