package tayyar.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.api.Money;
import tayyar.api.Price;

/** Prices of models: versions that are added and never changed. */
@Command(
    name = "prices",
    description = "Lists prices and sets them. Amounts are of a million tokens.",
    footer = {"", "Example: tayyar prices set llama-8b --input 10 --output 30"})
final class PricesCommand {
  private PricesCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new PricesCommand()))
        .addSubcommand(new Listing(console))
        .addSubcommand(new Setting(console));
  }

  private static Sheet<Price> sheet(OpenStore store) {
    String currency = store.accounts().currency();
    return new Sheet<Price>()
        .withUnseen("id", Price::id)
        .with("model", Price::model)
        .withMoney("input", Price::input)
        .withMoney("cached_input", Price::cachedInput)
        .withMoney("cache_write", Price::cacheWrite)
        .withMoney("output", Price::output)
        .withMoney("request", Price::request)
        .with("currency", _ -> currency)
        .with("from", price -> Instant.ofEpochMilli(price.validFromMs()));
  }

  @Command(
      name = "list",
      description = "Lists all versions of all prices, and warns of models without one.",
      footer = {"", "Example: tayyar prices list --config tayyar.yaml"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(
          console,
          store -> {
            store.print(sheet(store), store.accounts().prices());
            store.warn();
          });
      return 0;
    }
  }

  @Command(
      name = "set",
      description = "Adds a price. Requests that began before it holds pay the one before.",
      footer = {
        "",
        "Example: tayyar prices set llama-8b --input 10 --cached-input 2.5 --output 30"
      })
  static final class Setting implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "MODEL", description = "The model's name; aliases pay the same.")
    private String model = "";

    @Option(
        names = "--input",
        required = true,
        paramLabel = "AMOUNT",
        description = "Of a million tokens read.")
    private String input = "";

    @Option(
        names = "--output",
        required = true,
        paramLabel = "AMOUNT",
        description = "Of a million tokens written.")
    private String output = "";

    @Option(
        names = "--cached-input",
        paramLabel = "AMOUNT",
        description = "Of a million tokens that were in the prefix cache (default: as --input).")
    private @Nullable String cachedInput;

    @Option(
        names = "--cache-write",
        paramLabel = "AMOUNT",
        description = "Of a million tokens that were written into a cache (default: as --input).")
    private @Nullable String cacheWrite;

    @Option(
        names = "--request",
        paramLabel = "AMOUNT",
        description = "Of each answered request besides (default: ${DEFAULT-VALUE}).")
    private String request = "0";

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "Since when it holds: 2026-12-31, 2026-12-31T18:00 (UTC), or in 7d, 12h.")
    private @Nullable String from;

    Setting(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      long in = amount("--input", input);
      long cached = cachedInput == null ? in : amount("--cached-input", cachedInput);
      long writes = cacheWrite == null ? in : amount("--cache-write", cacheWrite);
      long out = amount("--output", output);
      long each = amount("--request", request);
      Instant since = from == null ? null : Given.later("--from", from, ZoneOffset.UTC);
      options.making(
          console,
          store -> {
            Price made =
                store.accounts().setPrice(Given.name(model), in, cached, writes, out, each, since);
            store.print(sheet(store), made, words(made, store.accounts().currency()));
            store.warn();
          });
      return 0;
    }

    private static long amount(String flag, String text) {
      long amount = Given.amount(flag, text);
      if (amount < 0 || amount > Price.MAX) {
        throw new CommandException(flag + " is " + text + "; it must be from 0 to 1000000.");
      }
      return amount;
    }

    private static String words(Price price, String currency) {
      return "A million tokens of '%s' cost %s %s to read and %s %s to write, from %s on."
          .formatted(
              price.model(),
              Money.exact(price.input()),
              currency,
              Money.exact(price.output()),
              currency,
              Instant.ofEpochMilli(price.validFromMs()));
    }
  }
}
