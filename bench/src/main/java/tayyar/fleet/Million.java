package tayyar.fleet;

import java.util.Locale;

/** Prints docs/scale/million.md: a million open streams over replicas of 16 loops. */
public final class Million {
  private static final int OPEN = 1_000_000;
  private static final int LOOPS = 16;
  private static final double STREAM_KILOBYTES = 12.1;
  private static final int IDLE_MEGABYTES = 111;

  private Million() {}

  /** Runs all of it and prints it. */
  public static void main(String[] args) {
    System.out.println("# A million open streams, simulated\n");
    System.out.println("Made by `bench/fleet`; [scale](../scale.md) says what is assumed.\n");
    System.out.println(
        "| replicas | what happens | requests/s | cores of 16, mean | busiest second | streams at"
            + " most | memory | delay p50 | p99 | p99.9 | cut | ledger's commits/s |");
    System.out.println("|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (int replicas : new int[] {22, 24, 28, 32, 40, 48}) {
      row("nothing", Assumed.quiet(OPEN, replicas, LOOPS, 10));
    }
    for (int replicas : new int[] {28, 32}) {
      Assumed longer = Assumed.quiet(OPEN, replicas, LOOPS, 45);
      row("one is killed", longer.killed(10));
      row("twice the requests for 5 s", longer.burst(10));
      row("a tenth drains for 30 s and comes back", longer.restart(10));
    }
  }

  private static void row(String what, Assumed assumed) {
    Simulation.Result result = Simulation.run(assumed);
    Simulation.Delay delay = result.delayMicros();
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | %,.0f | %.1f | %.1f | %,d | %,.0f MB | %s | %s | %s | %,d | %.0f |%n",
        assumed.replicas(),
        what,
        result.requestsASecond(),
        result.coresMean(),
        result.coresMost(),
        result.openMost(),
        IDLE_MEGABYTES + result.openMost() * STREAM_KILOBYTES / 1_000,
        time(delay.p50()),
        time(delay.p99()),
        time(delay.p999()),
        result.broken(),
        result.commitsASecond());
  }

  private static String time(double micros) {
    return micros < 1_000
        ? String.format(Locale.ROOT, "%.0f us", micros)
        : String.format(Locale.ROOT, "%.1f ms", micros / 1_000);
  }
}
