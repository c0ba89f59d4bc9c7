package tayyar.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tayyar.accounts.Reconciliation;
import tayyar.accounts.Reconciliation.Difference;

/** Proves the books, or says what is wrong with them. */
@Command(
    name = "reconcile",
    description = {
      "Works out anew what each request cost and what each organisation has used, and compares.",
      "Changes nothing; ends with 1 where something differs."
    },
    footer = {"", "Example: tayyar reconcile"})
final class ReconcileCommand implements Callable<Integer> {
  private static final Sheet<Difference> SHEET =
      new Sheet<Difference>()
          .with("what", Difference::what)
          .with("id", Difference::id)
          .withExact("stored", Difference::stored)
          .withExact("computed", Difference::computed)
          .with("why", Difference::why);

  private final Console console;
  @Mixin private StoreOptions options = new StoreOptions();

  ReconcileCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var agrees = new AtomicBoolean();
    options.with(
        console,
        open -> {
          Reconciliation.Result result = Reconciliation.of(open.store().dataSource());
          agrees.set(result.differences() == 0);
          print(open, result);
        });
    return agrees.get() ? 0 : 1;
  }

  private void print(OpenStore open, Reconciliation.Result result) {
    if (open.json()) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("agrees", result.differences() == 0);
      all.put("requests", result.rows());
      all.put("days", result.days());
      all.put("organisations", result.organisations());
      all.put("differing", result.differences());
      all.put("differences", result.told().stream().map(SHEET::exact).toList());
      open.print(all);
      return;
    }
    String compared =
        Counted.of(result.rows(), "priced request, ", "priced requests, ")
            + (result.days() == 0
                ? ""
                : Counted.of(result.days(), "priced sum of days, ", "priced sums of days, "))
            + Counted.of(result.organisations(), "organisation", "organisations");
    if (result.differences() == 0) {
      console.out().println("All agrees: " + compared + ".");
      return;
    }
    SHEET.table(result.told()).print(console.out());
    console
        .out()
        .println(
            Counted.of(result.differences(), "difference", "differences") + ": " + compared + ".");
  }
}
