package tayyar.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Scope;

/**
 * The strictest limit of a kind, as the answer's head tells it.
 *
 * @param limit what may be used in 60 seconds
 * @param remaining what is left of it, at least 0
 * @param resetSeconds until more is left, 0 to 60; 0 where nothing is used; up to 120 where shared
 *     counters have just said so
 */
public record Left(long limit, long remaining, int resetSeconds) {
  /** That of the limits of a kind that leaves least, or of the same rest has less in all. */
  static @Nullable Left strictest(
      Kind kind, List<Scope> scopes, Holder[] holders, @Nullable Sharing sharing) {
    Holder strictest = null;
    long limit = 0;
    long used = 0;
    for (int i = 0; i < holders.length; i++) {
      long most = kind.of(scopes.get(i).limits());
      if (most == 0) {
        continue;
      }
      long its = holders[i].used(kind);
      long less = limit - used - (most - its);
      if (strictest == null || less > 0 || (less == 0 && most < limit)) {
        strictest = holders[i];
        limit = most;
        used = its;
      }
    }
    return strictest == null ? null : of(limit, used, strictest, kind, sharing);
  }

  private static Left of(
      long limit, long used, Holder holder, Kind kind, @Nullable Sharing sharing) {
    long counted = Math.min(limit, used);
    int told = sharing == null ? 0 : sharing.secondsRefused(holder, kind);
    return new Left(limit, limit - counted, told > 0 ? told : reset(counted, holder.window(kind)));
  }

  private static int reset(long counted, Window window) {
    if (counted > window.total()) {
      return Window.SECONDS;
    }
    return counted == 0 ? 0 : window.secondsUntil(counted - 1);
  }
}
