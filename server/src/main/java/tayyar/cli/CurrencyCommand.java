package tayyar.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tayyar.accounts.CurrencyStore;

/** The store's one currency. */
@Command(
    name = "currency",
    description = {
      "Shows the currency of all amounts, or chooses it before the first of them.",
      "Once there is a price, a movement of a balance or a charge, it stays."
    },
    footer = {"", "Example: tayyar currency USD"})
final class CurrencyCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private StoreOptions options = new StoreOptions();

  @Parameters(
      paramLabel = "CODE",
      arity = "0..1",
      description = "Another one, as USD (default: shows the present one).")
  private @Nullable String code;

  CurrencyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String chosen = code;
    if (chosen == null) {
      options.with(console, CurrencyCommand::tell);
    } else {
      options.making(
          console,
          open -> {
            new CurrencyStore(open.store().dataSource(), console.who()).change(chosen);
            tell(open);
          });
    }
    return 0;
  }

  private static void tell(OpenStore open) {
    String now = open.accounts().currency();
    if (open.json()) {
      open.print(Map.of("currency", now));
    } else {
      open.console().out().println("The currency is " + now + ".");
    }
  }
}
