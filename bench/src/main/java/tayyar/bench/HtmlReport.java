package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A run as one self-contained page: style, fonts and pictures are in it. */
public final class HtmlReport {
  private static final List<String> GROUP_HEADS =
      List.of(
          "",
          "requests",
          "requests/s",
          "tokens/s",
          "goodput",
          "ttft p50",
          "ttft p99",
          "itl p50",
          "itl p99",
          "tpot p50",
          "tpot p99",
          "end to end p50",
          "end to end p99",
          "failed");

  private final List<Run> runs;
  private final List<Run.Side> sides;
  private final Charts charts;
  private final StringBuilder page = new StringBuilder();

  private HtmlReport(List<Run> runs) {
    this.runs = runs;
    this.sides = runs.stream().flatMap(run -> run.sides().stream()).toList();
    Set<String> objectives = new LinkedHashSet<>();
    runs.forEach(run -> objectives.add(run.setup().objective()));
    this.charts = new Charts(sides, objectives.size() == 1 ? objectives.iterator().next() : "");
  }

  /** The page of one run. */
  public static String of(Run run) {
    return new HtmlReport(List.of(run)).page(List.of());
  }

  /** The page of two runs, with their differences. */
  public static String of(TwoRuns both) {
    return new HtmlReport(List.of(both.first(), both.second())).page(both.differences());
  }

  /** The run to which an endpoint belongs. */
  private Run runOf(int side) {
    return runs.get(runs.size() == 1 ? 0 : side);
  }

  private String page(List<TwoRuns.Difference> differences) {
    head();
    figures();
    differences(differences);
    comparisons();
    section("Latency", latencyNote(), charts.allPercentiles());
    section("Over time", overTimeNote(), charts.tokensOverTime() + charts.ttftOverTime());
    section(
        "By prompt size",
        "Each dot is a request; the line is the median of requests alike in size.",
        charts.ttftBySize());
    groups("Prompt sizes", "Tokens as asked.", Run.Side::sizes, 1);
    groups("Models", "", Run.Side::models, 2);
    groups("Targets", "As a field of the answers says.", Run.Side::targets, 1);
    kinds("Failures", "Answers that were not whole.", Run.Side::failures);
    kinds("Flaws", "What whole answers should not have had.", Run.Side::flaws);
    page.append(Conditions.section(runs));
    page.append("</main><output id=\"tip\" hidden></output><script>").append(resource("report.js"));
    return page.append("</script></body></html>\n").toString();
  }

  private void head() {
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    page.append("<meta name=\"color-scheme\" content=\"light dark\"><title>");
    page.append(Markup.text(title())).append(" · Tayyar bench</title><style>");
    page.append(
        "@font-face{font-family:Readex;font-weight:160 700;src:url(data:font/woff2;base64,");
    page.append(Base64.getEncoder().encodeToString(bytes("readex-latin.woff2")));
    page.append(")}").append(resource("report.css")).append("</style></head><body><main><header>");
    page.append("<p class=\"mark\">Tayyar bench</p><h1>").append(Markup.text(title()));
    page.append("</h1>");
    for (Run run : runs) {
      String name = run.sides().getFirst().name();
      String which = runs.size() == 1 ? "" : name + ", " + run.began() + ": ";
      page.append("<p class=\"lead\">").append(Markup.text(which + setup(run.setup())));
      page.append("</p>");
    }
    page.append("</header>");
  }

  private String title() {
    return String.join(" and ", sides.stream().map(Run.Side::name).toList());
  }

  private static String setup(Run.Setup setup) {
    String length =
        setup.requests() > 0
            ? Numerals.count(setup.requests()) + " requests"
            : Numerals.number(setup.durationSeconds()) + " s";
    return setup.arrivals()
        + ". Prompts of "
        + setup.prompts()
        + ", answers of "
        + setup.answers()
        + (setup.stream() ? ", streamed" : ", not streamed")
        + ". "
        + length
        + " measured after "
        + Numerals.number(setup.warmUpSeconds())
        + " s of warm-up"
        + (setup.rounds() > 1 ? ", in " + setup.rounds() + " turns." : ".");
  }

  private void figures() {
    for (int i = 0; i < sides.size(); i++) {
      Run.Side side = sides.get(i);
      page.append("<section class=\"side ").append(Charts.style(i)).append("\"><h2>");
      page.append(Charts.key(i));
      page.append(Markup.text(side.name())).append("<small>").append(Markup.text(side.url()));
      page.append("</small></h2><div class=\"tiles\">");
      Run.Figures all = side.all();
      time("first token", all.ttft());
      time("between tokens", all.itl());
      time("end to end", all.e2e());
      tile("tokens a second", Numerals.number(all.tokensPerSecond()), "");
      tile("requests a second", Numerals.number(all.requestsPerSecond()), "");
      double share = (double) all.good() / Math.max(1, all.requests());
      String objective = runOf(i).setup().objective();
      tile("good", Numerals.share(share), objective.isEmpty() ? "whole" : objective);
      String of = "of " + Numerals.count(all.requests());
      page.append(all.failed() > 0 ? "<div class=\"bad\">" : "<div>");
      tile("failed", Numerals.count(all.failed()), of);
      page.append("</div></div></section>");
    }
  }

  private void time(String name, Run.Latency times) {
    if (times.count() > 0) {
      tile(name, Numerals.time(times.p50()), "p99 " + Numerals.time(times.p99()));
    }
  }

  private void tile(String name, String value, String under) {
    page.append("<div class=\"tile\"><span>").append(Markup.text(name)).append("</span><b>");
    page.append(Markup.text(value)).append("</b><small>").append(Markup.text(under));
    page.append("</small></div>");
  }

  private void differences(List<TwoRuns.Difference> differences) {
    if (!differences.isEmpty()) {
      List<List<String>> rows =
          differences.stream()
              .map(each -> List.of(each.name(), each.first(), each.second()))
              .toList();
      List<String> heads = List.of("", sides.get(0).name(), sides.get(1).name());
      page.append(
          Markup.section(
              "What was not alike",
              "The two were measured in different ways: their ratios are of that too.",
              Markup.words(heads, rows)));
    }
  }

  private void comparisons() {
    Run first = runs.getFirst();
    boolean inTurns = runs.size() == 1 && first.inTurns();
    for (Run.Side other : sides.subList(1, sides.size())) {
      long seed = first.setup().seed();
      page.append(RatioBars.section(RunComparison.of(sides.getFirst(), other, inTurns, seed)));
    }
  }

  private void section(String heading, String note, String body) {
    if (!body.isEmpty()) {
      page.append(Markup.section(heading, note, "<div class=\"plots\">" + body + "</div>"));
    }
  }

  private static String latencyNote() {
    return "How long the given share of requests had to wait at most; the scale opens towards the"
        + " slowest.";
  }

  private String overTimeNote() {
    List<Run.Point> series = sides.getFirst().series();
    if (sides.size() > 1) {
      return "Each endpoint's own time, without the turns of the others.";
    }
    return series.isEmpty()
        ? ""
        : "In slices of " + Plot.number(series.getFirst().seconds()) + " s.";
  }

  private void groups(
      String heading, String note, Function<Run.Side, Map<String, Run.Figures>> which, int least) {
    List<List<String>> rows = new ArrayList<>();
    boolean several = sides.size() > 1;
    Set<String> names = new LinkedHashSet<>();
    sides.forEach(side -> names.addAll(which.apply(side).keySet()));
    if (names.size() == 1) {
      names.remove("");
    }
    for (String name : names) {
      String shown = name.isEmpty() ? "(not named)" : name;
      for (Run.Side side : sides) {
        Run.Figures figures = which.apply(side).get(name);
        if (figures != null) {
          rows.add(row(several ? shown + ", " + side.name() : shown, figures));
        }
      }
    }
    if (rows.size() >= least * sides.size()) {
      page.append(Markup.section(heading, note, Markup.table(GROUP_HEADS, rows)));
    }
  }

  private static List<String> row(String name, Run.Figures each) {
    return List.of(
        name,
        Numerals.count(each.requests()),
        Numerals.number(each.requestsPerSecond()),
        Numerals.number(each.tokensPerSecond()),
        Numerals.number(each.goodPerSecond()),
        Numerals.time(each.ttft(), each.ttft().p50()),
        Numerals.time(each.ttft(), each.ttft().p99()),
        Numerals.time(each.itl(), each.itl().p50()),
        Numerals.time(each.itl(), each.itl().p99()),
        Numerals.time(each.tpot(), each.tpot().p50()),
        Numerals.time(each.tpot(), each.tpot().p99()),
        Numerals.time(each.e2e(), each.e2e().p50()),
        Numerals.time(each.e2e(), each.e2e().p99()),
        Numerals.failed(each));
  }

  private void kinds(String heading, String note, Function<Run.Side, Map<String, Long>> which) {
    List<List<String>> rows = new ArrayList<>();
    for (Run.Side side : sides) {
      which
          .apply(side)
          .forEach((kind, count) -> rows.add(List.of(kind, side.name(), Long.toString(count))));
    }
    if (!rows.isEmpty()) {
      page.append(
          Markup.section(heading, note, Markup.table(List.of("", "endpoint", "count"), rows)));
    }
  }

  private static String resource(String name) {
    return new String(bytes(name), UTF_8);
  }

  private static byte[] bytes(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
