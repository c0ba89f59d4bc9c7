package tayyar.accounts;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import tayyar.api.LimitFault.Spend.Period;
import tayyar.api.Limits;

/**
 * What one key, project or organisation has spent in the calendar's day and month, and what its
 * running requests hold. Thread-safe.
 */
final class Spent {
  private final ZoneId zone;
  private long day;
  private long month;
  private long held;
  private long dayEndsMs = Long.MIN_VALUE;
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
  synchronized void know(long ofDay, long ofMonth, long atMs) {
    if (!known) {
      known = true;
      turn(atMs);
      day += ofDay;
      month += ofMonth;
    }
  }

  /**
   * Holds an amount, or as much of it as the limits leave.
   *
   * @return how much is held now, 0 to {@code wanted}
   */
  synchronized long hold(long wanted, Limits limits, long atMs) {
    long most = Math.min(wanted, Math.max(0, left(limits, atMs)));
    held += most;
    return most;
  }

  /** Returns what the limits leave; below zero where an estimate was too small. */
  synchronized long left(Limits limits, long atMs) {
    turn(atMs);
    long ofDay = limits.spendPerDay() > 0 ? limits.spendPerDay() - day : Long.MAX_VALUE;
    long ofMonth = limits.spendPerMonth() > 0 ? limits.spendPerMonth() - month : Long.MAX_VALUE;
    return Math.min(ofDay, ofMonth) - held;
  }

  /** Counts what a request has cost. */
  synchronized void spend(long amount, long atMs) {
    turn(atMs);
    day += amount;
    month += amount;
  }

  /** Ends a hold, or a part of it. */
  synchronized void release(long part) {
    held -= part;
  }

  /** The period whose limit leaves less, and when it ends. */
  synchronized Period tighter(Limits limits, long atMs) {
    turn(atMs);
    boolean ofDay = limits.spendPerDay() > 0;
    boolean ofMonth = limits.spendPerMonth() > 0;
    return ofDay && (!ofMonth || limits.spendPerDay() - day <= limits.spendPerMonth() - month)
        ? Period.DAY
        : Period.MONTH;
  }

  /** When the period of this moment ends. */
  synchronized Instant ends(Period period, long atMs) {
    turn(atMs);
    return Instant.ofEpochMilli(period == Period.DAY ? dayEndsMs : monthEndsMs);
  }

  private void turn(long atMs) {
    if (atMs < dayEndsMs) {
      return;
    }
    LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(atMs), zone);
    day = 0;
    dayEndsMs = startMs(today.plusDays(1), zone);
    if (atMs >= monthEndsMs) {
      month = 0;
      monthEndsMs = startMs(today.withDayOfMonth(1).plusMonths(1), zone);
    }
  }

  /** When a day begins. */
  static long startMs(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
