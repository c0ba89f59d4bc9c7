package tayyar.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The pictures of a run. Each endpoint has its colour in all of them. */
final class Charts {
  /** The ratio of the largest value to the smallest from which an axis is logarithmic. */
  private static final double SPREAD = 15;

  private static final double FINEST_MILLIS = 0.01;
  private static final int DOTS_MAX = 1500;

  /** The number of endpoints that a plan may have. */
  private static final int STYLES = 8;

  private final List<Run.Side> sides;
  private final Objective objective;

  /**
   * @param objective the setup's objective; empty where there is none
   */
  Charts(List<Run.Side> sides, String objective) {
    this.sides = sides;
    this.objective = objective.isEmpty() ? Objective.NONE : Objective.of(objective);
  }

  /** The class that gives an endpoint its colour and its dashes. */
  static String style(int side) {
    return "s" + side % STYLES;
  }

  /** A piece of an endpoint's line. */
  static String key(int side) {
    return "<svg class=\"key %s\" viewBox=\"0 0 30 6\" aria-hidden=\"true\"><path d=\"M2 3h26\"/></svg>"
        .formatted(style(side));
  }

  /** The time that the slowest share of requests had to wait; empty without data. */
  String percentiles(String name, Function<Run.Figures, Run.Latency> which, long boundMicros) {
    List<Run.Latency> all = sides.stream().map(side -> which.apply(side.all())).toList();
    List<Run.Latency> some = all.stream().filter(each -> each.count() > 0).toList();
    if (some.isEmpty()) {
      return "";
    }
    double tail = some.stream().mapToDouble(Charts::tail).max().orElse(99);
    var plot =
        new Plot(
            name + " by percentile",
            Scale.Tail.to(tail),
            times(some.stream().flatMap(Charts::shown).mapToDouble(v -> v)));
    for (int i = 0; i < all.size(); i++) {
      plot.line(style(i), curve(all.get(i)));
    }
    if (boundMicros > 0) {
      plot.bound(boundMicros / 1e3, "objective " + Numerals.tick(boundMicros / 1e3));
    }
    for (int c = 0; c < Latencies.CURVE.length; c++) {
      int at = c;
      if (Latencies.CURVE[c] <= tail) {
        String text = said(all, each -> each.curve().get(at));
        plot.tip(Latencies.CURVE[c], "p" + Plot.number(Latencies.CURVE[c]) + ": " + text);
      }
    }
    return figure(name, plot.svg("percentile"));
  }

  /**
   * The values shown, without the few smallest, which would stretch the scale: events that came
   * together have no time between them.
   */
  private static Stream<Double> shown(Run.Latency times) {
    return times
        .curve()
        .subList(Arrays.binarySearch(Latencies.CURVE, 5), times.curve().size())
        .stream();
  }

  private String said(List<Run.Latency> all, ToDoubleFunction<Run.Latency> value) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).count() > 0) {
        String name = all.size() > 1 ? sides.get(i).name() + " " : "";
        parts.add(name + Numerals.time(value.applyAsDouble(all.get(i))));
      }
    }
    return String.join(", ", parts);
  }

  /** The last percentile that this number of values can tell. */
  private static double tail(Run.Latency times) {
    double most = 100 - 100.0 / Math.max(2, times.count());
    return Arrays.stream(Latencies.CURVE).filter(share -> share <= most).max().orElse(50);
  }

  private static List<Plot.Point> curve(Run.Latency times) {
    List<Plot.Point> points = new ArrayList<>();
    double tail = times.count() == 0 ? -1 : tail(times);
    for (int i = 0; i < times.curve().size() && Latencies.CURVE[i] <= tail; i++) {
      points.add(new Plot.Point(Latencies.CURVE[i], times.curve().get(i)));
    }
    return points;
  }

  private static Scale times(DoubleStream millis) {
    return scale(millis.map(each -> Math.max(each, FINEST_MILLIS)), Numerals::tick);
  }

  private static Scale scale(DoubleStream values, DoubleFunction<String> label) {
    double[] all = values.sorted().toArray();
    double least = all.length == 0 ? 0 : all[0];
    double most = all.length == 0 ? 1 : all[all.length - 1];
    return most / Math.max(least, 1e-9) > SPREAD
        ? Scale.Log.between(least, most, label)
        : Scale.Linear.to(most, label);
  }

  /** Tokens each second, as time went. */
  String tokensOverTime() {
    return overTime(
        "Tokens a second",
        point -> point.tokens() / Math.max(1e-9, point.seconds()),
        Numerals::amount,
        true);
  }

  /** The median time to the first token, as time went. */
  String ttftOverTime() {
    return overTime("Time to first token, median", Run.Point::ttft50, Numerals::tick, false);
  }

  private String overTime(
      String name, ToDoubleFunction<Run.Point> value, DoubleFunction<String> label, boolean fill) {
    List<Run.Point> all =
        sides.stream().flatMap(side -> side.series().stream()).filter(Charts::isWide).toList();
    double most = all.stream().mapToDouble(value).max().orElse(0);
    if (most <= 0) {
      return "";
    }
    double end = all.stream().mapToDouble(point -> point.at() + point.seconds()).max().orElse(1);
    Scale across = Scale.Linear.to(end, each -> Plot.number(each) + " s").upTo(end);
    var plot = new Plot(name + " over time", across, Scale.Linear.to(most, label));
    for (int i = 0; i < sides.size(); i++) {
      List<Plot.Point> points =
          sides.get(i).series().stream()
              .filter(Charts::isWide)
              .filter(point -> fill || value.applyAsDouble(point) > 0)
              .map(point -> new Plot.Point(middle(point), value.applyAsDouble(point)))
              .toList();
      String style = style(i);
      var _ = fill && sides.size() == 1 ? plot.area(style, points) : plot.line(style, points);
      tips(plot, sides.get(i), value, label);
    }
    return figure(name, plot.svg("time"));
  }

  private void tips(
      Plot plot, Run.Side side, ToDoubleFunction<Run.Point> value, DoubleFunction<String> label) {
    String name = sides.size() > 1 ? side.name() + " " : "";
    for (Run.Point point : side.series()) {
      String failed = point.failed() > 0 ? ", " + point.failed() + " failed" : "";
      String at = Plot.number(point.at()) + " s: " + name;
      plot.tip(middle(point), at + label.apply(value.applyAsDouble(point)) + failed);
    }
  }

  /** Whether a slice is wide enough: a short one at the end of a turn would only draw a spike. */
  private static boolean isWide(Run.Point point) {
    return point.seconds() > 0.02;
  }

  private static double middle(Run.Point point) {
    return point.at() + point.seconds() / 2;
  }

  /** Each request's wait against the size of its prompt, with the median of each size. */
  String ttftBySize() {
    List<Run.Sample> all =
        sides.stream().flatMap(Charts::chosen).filter(each -> each.ttft() >= 0).toList();
    if (all.isEmpty()) {
      return "";
    }
    Scale across = scale(all.stream().mapToDouble(Run.Sample::prompt), Numerals::amount);
    Scale up = times(all.stream().mapToDouble(Run.Sample::ttft));
    var plot = new Plot("Time to first token against prompt size", across, up);
    for (int i = 0; i < sides.size(); i++) {
      List<Run.Sample> own = chosen(sides.get(i)).filter(each -> each.ttft() >= 0).toList();
      plot.dots(style(i), own.stream().map(each -> dot(each)).toList());
    }
    for (int i = 0; i < sides.size(); i++) {
      plot.line(style(i) + " over", medians(sides.get(i)));
    }
    return figure("Time to first token against prompt size", plot.svg("prompt tokens"));
  }

  private static Plot.Point dot(Run.Sample sample) {
    return new Plot.Point(sample.prompt(), Math.max(FINEST_MILLIS, sample.ttft()));
  }

  private static Stream<Run.Sample> chosen(Run.Side side) {
    int step = Math.max(1, (side.samples().size() + DOTS_MAX - 1) / DOTS_MAX);
    List<Run.Sample> chosen = new ArrayList<>();
    for (int i = 0; i < side.samples().size(); i += step) {
      chosen.add(side.samples().get(i));
    }
    return chosen.stream();
  }

  /** The medians of twelve groups of requests by size. */
  private static List<Plot.Point> medians(Run.Side side) {
    List<Run.Sample> bySize =
        side.samples().stream()
            .filter(each -> each.ttft() >= 0)
            .sorted((a, b) -> Integer.compare(a.prompt(), b.prompt()))
            .toList();
    int each = Math.max(8, bySize.size() / 12);
    List<Plot.Point> points = new ArrayList<>();
    for (int from = 0; from + each <= bySize.size(); from += each) {
      List<Run.Sample> group = bySize.subList(from, from + each);
      double[] waits = group.stream().mapToDouble(Run.Sample::ttft).sorted().toArray();
      points.add(new Plot.Point(group.get(each / 2).prompt(), waits[waits.length / 2]));
    }
    return points.size() > 1 && points.getFirst().x() < points.getLast().x() ? points : List.of();
  }

  /** A picture with the endpoints' names in their colours, where there are several. */
  private String figure(String heading, String picture) {
    StringBuilder legend = new StringBuilder();
    for (int i = 0; i < sides.size() && sides.size() > 1; i++) {
      legend.append("<span class=\"").append(style(i)).append("\">").append(key(i));
      legend.append(Markup.text(sides.get(i).name())).append("</span>");
    }
    return Markup.figure(heading, legend.toString(), picture);
  }

  /** All percentile pictures. */
  String allPercentiles() {
    return percentiles("Time to first token", Run.Figures::ttft, objective.ttftMicros())
        + percentiles("Between tokens", Run.Figures::itl, objective.itlMicros())
        + percentiles("Per output token", Run.Figures::tpot, objective.tpotMicros())
        + percentiles("End to end", Run.Figures::e2e, objective.e2eMicros());
  }
}
