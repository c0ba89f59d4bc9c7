package tayyar.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one key, project or organisation that its limits count. Not thread-safe: its
 * {@link Holders} is the lock.
 */
final class Holder {
  private final Window requests;
  private final Window tokens;
  private final Budget.Account memory = new Budget.Account();
  private final String id;
  private final @Nullable Map<Kind, Lease> leases;
  private int open;
  private long usedAt;

  /**
   * Nothing is counted yet.
   *
   * @param shared whether its counts are shared with other gateways
   */
  Holder(String id, long second, boolean shared) {
    this.id = id;
    this.leases = shared ? new EnumMap<>(Kind.class) : null;
    this.usedAt = second;
    this.requests = new Window(second);
    this.tokens = new Window(second);
  }

  /** Moves its windows on to this second; an earlier one counts as the present one. */
  void advance(long second) {
    if (second > usedAt) {
      requests.advance(second);
      tokens.advance(second);
      usedAt = second;
    }
  }

  Window requests() {
    return requests;
  }

  Window tokens() {
    return tokens;
  }

  /** The memory that its requests hold. */
  Budget.Account memory() {
    return memory;
  }

  /** Requests under way. */
  int open() {
    return open;
  }

  /** Counts a request that begins, and returns the second in which it counts. */
  long begin() {
    open++;
    return requests.count(1);
  }

  /** A request that began in this second has been refused elsewhere. */
  void unbegin(long at) {
    requests.giveBack(at, 1);
    open--;
  }

  /** What is shared of its counts; only where they are. */
  Lease lease(Kind kind) {
    return Objects.requireNonNull(leases).computeIfAbsent(kind, its -> new Lease(id, its));
  }

  /** What is used of a limit of requests or tokens, by all gateways as far as it is known. */
  long used(Kind kind) {
    long here = window(kind).total();
    return leases == null ? here : Math.max(here, lease(kind).usedByAll());
  }

  /** Requests or tokens. */
  Window window(Kind kind) {
    return kind == Kind.TOKENS ? tokens : requests;
  }

  /** A request is over. */
  void end() {
    open--;
  }

  /** Whether nothing of it counts any more. */
  boolean isIdle(long second) {
    return open == 0 && second - usedAt >= Window.SECONDS && memory.isEmpty() && sharesNothing();
  }

  private boolean sharesNothing() {
    return leases == null || leases.values().stream().allMatch(Lease::isIdle);
  }
}
