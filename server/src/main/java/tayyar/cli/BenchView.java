package tayyar.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import tayyar.bench.BenchProgress;

/**
 * Shows a measurement while it runs: some lines drawn over and over for people, a line every five
 * seconds otherwise. One thread.
 */
final class BenchView implements BenchProgress {
  private static final int CELLS = 40;
  private static final double LINE_SECONDS = 5;

  /**
   * The terminal cuts what is longer than its width: a line that went on in the next row would not
   * be drawn over.
   */
  private static final String CUT_LINES = "\u001b[?7l";

  private static final String WRAP_LINES = "\u001b[?7h";
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private final Console console;
  private final Deque<Double> rates = new ArrayDeque<>();
  private double seconds;
  private long completed;
  private long events;
  private double lineAt = LINE_SECONDS;
  private int drawn;

  BenchView(Console console) {
    this.console = console;
  }

  @Override
  public void at(Now now) {
    boolean people = console.people();
    if (!people && now.elapsedSeconds() < lineAt) {
      return;
    }
    lineAt = now.elapsedSeconds() + LINE_SECONDS;
    double span = Math.max(1e-3, now.elapsedSeconds() - seconds);
    double requestRate = (now.completed() - completed) / span;
    double eventRate = (now.events() - events) / span;
    seconds = now.elapsedSeconds();
    completed = now.completed();
    events = now.events();
    if (people) {
      draw(now, requestRate, eventRate);
    } else {
      console.err().println(line(now, requestRate, eventRate));
    }
  }

  private static String line(Now now, double requestRate, double eventRate) {
    return String.format(
        Locale.ROOT,
        "%3.0f %%  %s  %d under way  %.0f requests/s  %.0f events/s  ttft %s  itl %s  %d failed",
        100 * now.done(),
        now.phase(),
        now.underWay(),
        requestRate,
        eventRate,
        pair(now, 0),
        pair(now, 2),
        now.failed());
  }

  private void draw(Now now, double requestRate, double eventRate) {
    rates.addLast(eventRate);
    if (rates.size() > CELLS) {
      rates.removeFirst();
    }
    int full = (int) (CELLS * now.done());
    String bar = "█".repeat(full) + console.dim("░".repeat(CELLS - full));
    List<String> lines =
        List.of(
            "  " + bar + String.format(Locale.ROOT, " %3.0f %%  ", 100 * now.done()) + now.phase(),
            "  " + console.accent(spark()),
            String.format(
                Locale.ROOT,
                "  %8.0f events/s  %7.0f requests/s  %6d under way  %d whole, %d failed",
                eventRate,
                requestRate,
                now.underWay(),
                now.completed(),
                now.failed()),
            "  first token "
                + pair(now, 0)
                + "   between tokens "
                + pair(now, 2)
                + "   (p50, p99)");
    String up = drawn == 0 ? "" : "\u001b[" + drawn + "A";
    drawn = lines.size();
    String drawing = String.join("\u001b[K\n", lines) + "\u001b[K";
    console.err().print(up + CUT_LINES + drawing + WRAP_LINES + "\n");
    console.err().flush();
  }

  private String spark() {
    double most = rates.stream().mapToDouble(each -> each).max().orElse(0);
    StringBuilder spark = new StringBuilder();
    for (double rate : rates) {
      int height = most == 0 ? 0 : (int) Math.round(rate / most * (BARS.length() - 1));
      spark.append(BARS.charAt(height));
    }
    return spark.toString();
  }

  private static String pair(Now now, int at) {
    return millis(now.recent().get(at)) + " " + millis(now.recent().get(at + 1));
  }

  private static String millis(double millis) {
    return millis == 0
        ? "-"
        : String.format(Locale.ROOT, millis < 10 ? "%.2fms" : "%.0fms", millis);
  }

  /** Takes the lines away. */
  void end() {
    if (drawn > 0) {
      console.err().print("\u001b[" + drawn + "A\u001b[J");
      console.err().flush();
    }
  }
}
