package tayyar.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.accounts.Movements.Kind;
import tayyar.accounts.Movements.Movement;
import tayyar.api.Money;

/** Balances and what comes onto them. */
@Command(
    name = "balance",
    description = "Shows balances, tops them up and corrects them.",
    footer = {"", "Example: tayyar balance top-up acme 500 --note \"invoice 17\""})
final class BalanceCommand {
  private BalanceCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new BalanceCommand()))
        .addSubcommand(new Show(console))
        .addSubcommand(
            Add.line(
                console,
                Kind.TOP_UP,
                "Adds what an organisation has paid.",
                "top-up acme 500 --note \"invoice 17\""))
        .addSubcommand(
            Add.line(
                console,
                Kind.GRANT,
                "Adds what an organisation is given.",
                "grant acme 20 --note \"to try it out\""))
        .addSubcommand(
            Add.line(
                console,
                Kind.CORRECTION,
                "Adds or takes what was wrong before; the amount may be below zero.",
                "correct acme -12.50 --note \"paid twice\""))
        .addSubcommand(new Listing(console));
  }

  @Command(
      name = "show",
      description = "Shows what organisations have left.",
      footer = {"", "Example: tayyar balance show acme --json"})
  static final class Show implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "ORG", arity = "0..1", description = "One of them; else all.")
    private @Nullable String which;

    Show(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(
          console,
          store -> {
            List<Organisation> shown =
                which == null
                    ? store.accounts().organisations()
                    : List.of(store.accounts().organisation(which));
            String currency = store.accounts().currency();
            store.print(
                new Sheet<Organisation>()
                    .with("organisation", Organisation::name)
                    .with("pays", Organisation::pays)
                    .withMoney("granted", Organisation::granted)
                    .withMoney("used", Organisation::used)
                    .withMoney("balance", Organisation::balance)
                    .with("currency", _ -> currency),
                shown);
          });
      return 0;
    }
  }

  private static Sheet<Movement> sheet(String currency) {
    return new Sheet<Movement>()
        .with("id", Movement::id)
        .with("at", Movement::at)
        .with("kind", movement -> movement.kind().word())
        .withMoney("amount", Movement::amount)
        .with("currency", _ -> currency)
        .with("note", Movement::note)
        .with("made_by", Movement::madeBy);
  }

  /** Adds a movement of one kind. */
  @Command
  static final class Add implements Callable<Integer> {
    private final Console console;
    private final Kind kind;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(index = "0", paramLabel = "ORG", description = "The organisation.")
    private String which = "";

    @Parameters(index = "1", paramLabel = "AMOUNT", description = "Such as 12.50.")
    private String amount = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "Why; for people.")
    private String note = "";

    @Option(
        names = "--idempotency-key",
        paramLabel = "KEY",
        description = "Done once only, however often it is asked for with this key.")
    private @Nullable String key;

    private Add(Console console, Kind kind) {
      this.console = console;
      this.kind = kind;
    }

    /** The command of one kind of movement. */
    static CommandLine line(Console console, Kind kind, String description, String example) {
      var line = new CommandLine(new Add(console, kind));
      line.getCommandSpec()
          .name(kind == Kind.CORRECTION ? "correct" : kind.word().replace('_', '-'))
          .usageMessage()
          .description(description)
          .footer("", "Example: tayyar balance " + example);
      return line;
    }

    @Override
    public Integer call() {
      long nanos = Given.amount("AMOUNT", amount);
      String words = Given.words("--note", note);
      options.with(
          console,
          store -> {
            String id = store.accounts().organisation(which).id();
            Movement made = store.movements().add(id, kind, nanos, words, key, console.who());
            Organisation org = store.accounts().organisation(id);
            String currency = store.accounts().currency();
            store.print(
                sheet(currency).withMoney("balance", _ -> org.balance()),
                made,
                "'%s' has %s %s now.".formatted(org.name(), Money.shown(org.balance()), currency));
          });
      return 0;
    }
  }

  @Command(
      name = "movements",
      description = "Lists all that came onto a balance, the latest first.",
      footer = {"", "Example: tayyar balance movements acme"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "ORG", description = "The organisation.")
    private String which = "";

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(
          console,
          store -> {
            String id = store.accounts().organisation(which).id();
            store.print(sheet(store.accounts().currency()), store.movements().list(id));
          });
      return 0;
    }
  }
}
