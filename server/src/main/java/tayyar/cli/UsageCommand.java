package tayyar.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.accounts.UsageStore;
import tayyar.accounts.UsageStore.By;
import tayyar.accounts.UsageStore.Days;
import tayyar.accounts.UsageStore.Sum;

/** Shows use: sums over the ledger. */
@Command(
    name = "usage",
    description = {
      "Sums the ledger's rows of some days, by organisation and day, key, project or model.",
      "A day begins where its organisation is."
    },
    footer = {"", "Example: tayyar usage --org acme --from yesterday --to yesterday --by key"})
final class UsageCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private StoreOptions options = new StoreOptions();

  @Option(names = "--org", paramLabel = "ORG", description = "One organisation; else all.")
  private @Nullable String org;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "The first day: 2026-12-31, today, yesterday (default: the month's first).")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "DAY", description = "The last day (default: today).")
  private String to = "today";

  @Option(
      names = "--by",
      paramLabel = "WORD",
      description = "day, key, project or model (default: ${DEFAULT-VALUE}).")
  private String by = "day";

  @Option(names = "--csv", description = "Prints CSV.")
  private boolean csv;

  UsageCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (csv && options.json) {
      throw new CommandException("--csv and --json exclude each other.");
    }
    By grouping = grouping();
    Days days =
        new Days(
            zone ->
                from == null
                    ? Given.day("--to", to, zone).withDayOfMonth(1)
                    : Given.day("--from", from, zone),
            zone -> Given.day("--to", to, zone));
    options.with(
        console,
        open -> {
          String only = org == null ? null : open.accounts().organisation(org).name();
          var sums = new UsageStore(open.store().dataSource()).sums(only, days, grouping);
          print(open, sheet(grouping, open.accounts().currency()), sums);
        });
    return 0;
  }

  private By grouping() {
    for (By each : By.values()) {
      if (each.word().equals(by.toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw new CommandException("--by is '" + by + "'; write day, key, project or model.");
  }

  private void print(OpenStore open, Sheet<Sum> sheet, List<Sum> sums) {
    if (csv) {
      sheet.csv(sums).forEach(console.out()::println);
    } else {
      open.print(sheet, sums);
    }
  }

  private static Sheet<Sum> sheet(By by, String currency) {
    var sheet = new Sheet<Sum>().with("organisation", Sum::organisation).with(by.word(), Sum::what);
    if (by == By.KEY || by == By.PROJECT) {
      sheet.with("name", Sum::name);
    }
    return sheet
        .with("requests", Sum::requests)
        .with("prompt_tokens", Sum::promptTokens)
        .with("cached_tokens", Sum::cachedTokens)
        .withUnseen("cache_write_tokens", Sum::cacheWriteTokens)
        .with("completion_tokens", Sum::completionTokens)
        .with("estimated_tokens", Sum::estimatedTokens)
        .withMoney("amount", Sum::amount)
        .with("currency", _ -> currency);
  }
}
