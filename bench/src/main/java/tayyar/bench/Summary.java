package tayyar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run in lines of text. */
public final class Summary {
  private static final double BUSY = 0.7;

  private final Run run;
  private final List<String> lines = new ArrayList<>();

  private Summary(Run run) {
    this.run = run;
  }

  /** The lines for people, without colours. */
  public static List<String> of(Run run) {
    Summary summary = new Summary(run);
    run.sides().forEach(summary::side);
    if (run.sides().size() > 1) {
      summary.comparisons();
    }
    summary.generator();
    return summary.lines;
  }

  private void side(Run.Side side) {
    Run.Figures all = side.all();
    lines.add(side.name() + "  " + side.url());
    lines.addAll(
        new TextTable()
            .row("requests", counted(all))
            .row("requests/s", Numerals.number(all.requestsPerSecond()))
            .row("tokens/s", Numerals.number(all.tokensPerSecond()))
            .row(goodName(), good(all))
            .lines());
    lines.add("");
    TextTable rows = new TextTable().row("", "mean", "p50", "p90", "p99", "p99.9", "max");
    times(rows, "time to first token", all.ttft());
    times(rows, "between tokens", all.itl());
    times(rows, "per output token", all.tpot());
    times(rows, "end to end", all.e2e());
    times(rows, "on the way", all.delay());
    if (all.e2e().count() > 0) {
      lines.addAll(rows.lines());
    }
    kinds("failed", side.failures());
    kinds("flaws", side.flaws());
    groups("model", side.models());
    groups("prompt tokens", side.sizes());
    groups("target", side.targets());
    lines.add("");
  }

  private static String counted(Run.Figures all) {
    String failed =
        all.failed() == 0
            ? "none failed"
            : all.failed()
                + " failed ("
                + Numerals.share((double) all.failed() / Math.max(1, all.requests()))
                + ")";
    return all.completed() + " whole, " + failed;
  }

  private String goodName() {
    return run.setup().objective().isEmpty() ? "goodput" : "goodput, " + run.setup().objective();
  }

  private static String good(Run.Figures all) {
    double share = (double) all.good() / Math.max(1, all.requests());
    return Numerals.number(all.goodPerSecond()) + "/s (" + Numerals.share(share) + ")";
  }

  private static void times(TextTable rows, String name, Run.Latency times) {
    if (times.count() > 0) {
      rows.row(
          name,
          Numerals.time(times.mean()),
          Numerals.time(times.p50()),
          Numerals.time(times.p90()),
          Numerals.time(times.p99()),
          Numerals.time(times.p999()),
          Numerals.time(times.max()));
    }
  }

  private void kinds(String what, Map<String, Long> kinds) {
    if (!kinds.isEmpty()) {
      TextTable rows = new TextTable();
      kinds.forEach((kind, count) -> rows.row(kind, Long.toString(count)));
      lines.add("");
      lines.add("  " + what);
      rows.lines().forEach(line -> lines.add("  " + line));
    }
  }

  private void groups(String what, Map<String, Run.Figures> groups) {
    boolean says =
        groups.size() > 1
            || (what.equals("target")
                && groups.keySet().stream().anyMatch(name -> !name.isEmpty()));
    if (!says) {
      return;
    }
    String by = "by " + what;
    TextTable counts =
        new TextTable().row(by, "requests", "requests/s", "tokens/s", "goodput", "failed");
    TextTable times =
        new TextTable()
            .row("", "ttft p50", "p99", "itl p50", "p99", "tpot p50", "p99", "e2e p50", "p99");
    groups.forEach(
        (name, each) -> {
          String shown = name.isEmpty() ? "(not named)" : name;
          counts.row(
              shown,
              Long.toString(each.requests()),
              Numerals.number(each.requestsPerSecond()),
              Numerals.number(each.tokensPerSecond()),
              Numerals.number(each.goodPerSecond()),
              Numerals.failed(each));
          times.row(pairs(shown, each.ttft(), each.itl(), each.tpot(), each.e2e()));
        });
    lines.add("");
    lines.addAll(counts.lines());
    if (groups.values().stream().anyMatch(each -> each.completed() > 0)) {
      lines.addAll(times.lines());
    }
  }

  private static String[] pairs(String name, Run.Latency... each) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (Run.Latency times : each) {
      cells.add(Numerals.time(times, times.p50()));
      cells.add(Numerals.time(times, times.p99()));
    }
    return cells.toArray(String[]::new);
  }

  private void comparisons() {
    Run.Side first = run.sides().getFirst();
    for (Run.Side other : run.sides().subList(1, run.sides().size())) {
      lines.addAll(RunComparison.of(first, other, run.inTurns(), run.setup().seed()).lines());
      lines.add("");
    }
  }

  private void generator() {
    Run.Generator own = run.generator();
    lines.add(
        "The generator took "
            + Numerals.number(own.microsPerEvent())
            + " us of CPU an event; its busiest loop worked "
            + Numerals.share(own.busiest())
            + " of the time.");
    if (own.late().count() > 0) {
      lines.add(
          "Requests were begun "
              + Numerals.time(own.late().p50())
              + " (p50), "
              + Numerals.time(own.late().p99())
              + " (p99) behind their time, which counts as latency.");
    }
    if (own.busiest() > BUSY) {
      lines.add("It was too busy: these figures are partly its own. Give it more --threads.");
    }
  }
}
