package tayyar.accounts;

import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import tayyar.api.Limits;

/**
 * What the keys and projects of one organisation and it itself have spent. It is the lock of them
 * all: an amount is held at each level or at none. Thread-safe.
 */
final class Spendings {
  private final Map<String, Spent> all = new HashMap<>();

  /** Returns a holder's, whose days and months are those of a zone from the next one on. */
  synchronized Spent at(String holder, ZoneId zone) {
    Spent known = all.get(holder);
    if (known == null) {
      known = new Spent(zone);
      all.put(holder, known);
    }
    known.zone(zone);
    return known;
  }

  /** Adds what a holder's rows of before tell; the first call counts. */
  synchronized void know(String holder, Books.SpentBefore its) {
    at(holder, its.zone()).know(its.day(), its.month(), its.atMs());
  }

  /** Adds what another gateway has charged. */
  synchronized void spentElsewhere(Elsewhere.Charge its, long nowMs) {
    ZoneId zone = AccountStore.zone(its.zone());
    at(its.holder(), zone).spendElsewhere(its.amount(), its.atMs(), nowMs);
  }

  /** Returns what limits leave of a holder's; below zero where an estimate was too small. */
  synchronized long left(String holder, ZoneId zone, Limits limits, long atMs) {
    return at(holder, zone).left(limits, atMs);
  }
}
