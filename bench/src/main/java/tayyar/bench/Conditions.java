package tayyar.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The settings of runs, as a table with a column for each run. */
final class Conditions {
  private Conditions() {}

  static String section(List<Run> runs) {
    List<Map<String, String>> columns = runs.stream().map(Conditions::of).toList();
    Set<String> names = new LinkedHashSet<>();
    columns.forEach(column -> names.addAll(column.keySet()));
    List<String> heads = new ArrayList<>(List.of(""));
    runs.forEach(run -> heads.add(runs.size() == 1 ? "" : run.sides().getFirst().name()));
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      columns.forEach(column -> row.add(column.getOrDefault(name, "-")));
      rows.add(row);
    }
    return Markup.section(
        "How it was measured",
        "Requests that began in the warm-up are not counted. Rates are of the time in which"
            + " requests were sent.",
        Markup.words(heads, rows));
  }

  private static Map<String, String> of(Run run) {
    Run.Setup setup = run.setup();
    Run.Generator own = run.generator();
    Map<String, String> column = new LinkedHashMap<>();
    column.put("begun", run.began());
    column.put("models", String.join(", ", setup.models()));
    told(column, "objective", setup.objective());
    told(column, "script", setup.script());
    told(column, "extra", setup.extra());
    told(column, "fields", String.join(", ", setup.headers()));
    column.put("seed", Long.toString(setup.seed()));
    column.put("protocol", setup.protocol());
    column.put("connections", setup.keepAlive() ? "kept" : "one for each request");
    column.put("tokens", setup.numbered() ? "numbered, each looked for" : "not numbered");
    column.put("event loops", setup.threads() + ", " + setup.transport());
    String micros = Numerals.number(own.microsPerEvent()) + " µs an event, busiest loop ";
    column.put("its own CPU", micros + Numerals.share(own.busiest()));
    column.put("sent again", Numerals.count(own.sentAgain()));
    Run.Latency late = own.late();
    if (late.count() > 0) {
      String median = Numerals.time(late.p50()) + " p50, ";
      column.put(
          "behind the timetable", median + Numerals.time(late.p99()) + " p99; counted as latency");
    }
    return column;
  }

  private static void told(Map<String, String> column, String name, String value) {
    if (!value.isEmpty()) {
      column.put(name, value);
    }
  }
}
