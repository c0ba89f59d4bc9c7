package tayyar.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.bench.Bench;
import tayyar.bench.HtmlReport;
import tayyar.bench.LoadPlan;
import tayyar.bench.Run;
import tayyar.bench.RunComparison;
import tayyar.bench.RunFile;
import tayyar.bench.Summary;
import tayyar.bench.TwoRuns;
import tools.jackson.databind.json.JsonMapper;

/** Measures an endpoint under load. */
@Command(
    name = "bench",
    description = {
      "Measures any OpenAI-compatible endpoint under load, and checks each stream.",
      "Time to first token, time between tokens, throughput, errors."
    },
    footer = {
      "",
      "Example: tayyar bench --url http://127.0.0.1:8080/v1 --concurrency 32 --answer 128",
      "Example: tayyar bench --rate 50 --prompt lognormal:400,0.9 --objective ttft=200ms,itl=50ms",
      "Example: tayyar bench --url a=http://127.0.0.1:8080/v1 --url b=http://127.0.0.1:8090/v1"
    })
final class BenchCommand implements Callable<Integer> {
  private static final long REPORT_SECONDS = 20;

  private final Console console;
  @Mixin private BenchOptions options = new BenchOptions();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the result as JSON.")
  private @Nullable Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "Writes a report with plots.")
  private @Nullable Path html;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    LoadPlan plan = options.plan(console.environment());
    var view = new BenchView(console);
    var bench = new Bench(plan, view);
    var reported = new CountDownLatch(1);
    var hook = new Thread(() -> stop(bench, reported), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Run run = bench.run();
      view.end();
      report(run);
      return run.sides().stream().anyMatch(side -> side.all().completed() == 0) ? 1 : 0;
    } finally {
      reported.countDown();
      unhook(hook);
    }
  }

  private void report(Run run) {
    Summary.of(run).forEach(console.out()::println);
    console.out().flush();
    if (json != null) {
      RunFile.write(run, json);
    }
    if (html != null) {
      RunFile.text(HtmlReport.of(run), html);
      console.err().println(console.dim("The report is " + html.toAbsolutePath() + "."));
    }
  }

  /** Ctrl-C ends the measurement, not the report. */
  private static void stop(Bench bench, CountDownLatch reported) {
    bench.stop();
    try {
      var _ = reported.await(REPORT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook is what waits for this thread.
      return;
    }
  }

  /** Two results side by side. */
  @Command(
      name = "compare",
      description = "Puts two results side by side, with ratios and confidence intervals.",
      footer = {"", "Example: tayyar bench compare before.json after.json --html report.html"})
  static final class Compare implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "A", description = "The result that counts as 1.")
    private Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "The other one.")
    private Path second = Path.of("");

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a report with plots.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    Compare(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      TwoRuns both = TwoRuns.of(first, second);
      List<String> names = both.differences().stream().map(TwoRuns.Difference::name).toList();
      if (!names.isEmpty()) {
        console
            .err()
            .println("The two runs were not set up alike: " + String.join(", ", names) + ".");
      }
      RunComparison comparison = both.comparison();
      if (json) {
        console.out().println(JsonMapper.shared().writeValueAsString(members(comparison)));
      } else {
        comparison.lines().forEach(console.out()::println);
      }
      if (html != null) {
        RunFile.text(HtmlReport.of(both), html);
      }
      return 0;
    }

    private static Map<String, Object> members(RunComparison comparison) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("first", comparison.first());
      all.put("second", comparison.second());
      all.put("failed", comparison.failed());
      all.put("ratios", comparison.ratios().stream().map(Compare::members).toList());
      return all;
    }

    private static Map<String, Object> members(RunComparison.Ratio ratio) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("name", ratio.name());
      all.put("a", ratio.a());
      all.put("b", ratio.b());
      all.put("ratio", ratio.ratio());
      all.put("low", ratio.low());
      all.put("high", ratio.high());
      all.put("word", ratio.word().name().toLowerCase(Locale.ROOT));
      return all;
    }
  }
}
