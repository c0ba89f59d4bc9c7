package tayyar.accounts;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import tayyar.api.LimitFault.Spend.Period;
import tayyar.api.Limits;

/**
 * What one key, project or organisation has spent in the calendar's day and month, and what its
 * running requests hold. Not thread-safe: its {@link Spendings} are the lock.
 */
final class Spent {
  private ZoneId zone;
  private long day;
  private long month;
  private long held;
  private long dayBeganMs;
  private long dayEndsMs = Long.MIN_VALUE;
  private long monthBeganMs;
  private long monthEndsMs = Long.MIN_VALUE;
  private boolean known;

  /**
   * One that begins with nothing spent.
   *
   * @param zone in which days and months are counted
   */
  Spent(ZoneId zone) {
    this.zone = zone;
  }

  /**
   * Adds what its rows of before tell; the first call counts.
   *
   * @param ofDay spent in the day of this moment, before this process began
   * @param ofMonth the same in the month
   */
  void know(long ofDay, long ofMonth, long atMs) {
    if (!known) {
      known = true;
      turn(atMs);
      day += ofDay;
      month += ofMonth;
    }
  }

  /** Sets the zone of the days and months that follow the present ones. */
  void zone(ZoneId now) {
    zone = now;
  }

  /** A request holds this much more, or less for a negative number. */
  void hold(long more) {
    held += more;
  }

  /** Returns what the limits leave; below zero where an estimate was too small. */
  long left(Limits limits, long atMs) {
    turn(atMs);
    long ofDay = limits.spendPerDay() > 0 ? limits.spendPerDay() - day : Long.MAX_VALUE;
    long ofMonth = limits.spendPerMonth() > 0 ? limits.spendPerMonth() - month : Long.MAX_VALUE;
    return Math.min(ofDay, ofMonth) - held;
  }

  /** Counts what a request has cost. */
  void spend(long amount, long atMs) {
    turn(atMs);
    day += amount;
    month += amount;
  }

  /** Counts what another gateway has charged at a moment, as far as its day and month still run. */
  void spendElsewhere(long amount, long atMs, long nowMs) {
    turn(nowMs);
    day += atMs >= dayBeganMs ? amount : 0;
    month += atMs >= monthBeganMs ? amount : 0;
  }

  /** The period whose limit leaves less, and when it ends. */
  Period tighter(Limits limits, long atMs) {
    turn(atMs);
    boolean ofDay = limits.spendPerDay() > 0;
    boolean ofMonth = limits.spendPerMonth() > 0;
    return ofDay && (!ofMonth || limits.spendPerDay() - day <= limits.spendPerMonth() - month)
        ? Period.DAY
        : Period.MONTH;
  }

  /** When the period of this moment ends. */
  Instant ends(Period period, long atMs) {
    turn(atMs);
    return Instant.ofEpochMilli(period == Period.DAY ? dayEndsMs : monthEndsMs);
  }

  private void turn(long atMs) {
    if (atMs < dayEndsMs) {
      return;
    }
    LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(atMs), zone);
    day = 0;
    dayBeganMs = startMs(today, zone);
    dayEndsMs = startMs(today.plusDays(1), zone);
    if (atMs >= monthEndsMs) {
      month = 0;
      monthBeganMs = startMs(today.withDayOfMonth(1), zone);
      monthEndsMs = startMs(today.withDayOfMonth(1).plusMonths(1), zone);
    }
  }

  /** When a day begins. */
  static long startMs(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
