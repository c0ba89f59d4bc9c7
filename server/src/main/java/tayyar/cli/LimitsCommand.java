package tayyar.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tayyar.api.Limits;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;

/** Limits of keys, projects, organisations and plans. */
@Command(
    name = "limits",
    description = "Lists and sets limits. Of all that hold a request the strictest applies.",
    footer = {"", "Example: tayyar limits set --org acme --tpm 100000 --day 50"})
final class LimitsCommand {
  private LimitsCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new LimitsCommand()))
        .addSubcommand(new Listing(console))
        .addSubcommand(new Setting(console));
  }

  private static Sheet<Scope> sheet(OpenStore store) {
    String currency = store.accounts().currency();
    return new Sheet<Scope>()
        .with("of", scope -> scope.level().word())
        .with("name", Scope::name)
        .withUnseen("id", Scope::holder)
        .with("requests_per_minute", scope -> some(scope.limits().requestsPerMinute()))
        .with("tokens_per_minute", scope -> some(scope.limits().tokensPerMinute()))
        .with("requests_at_once", scope -> some(scope.limits().requestsAtOnce()))
        .with("tokens_per_request", scope -> some(scope.limits().tokensPerRequest()))
        .withMoney("spend_per_day", scope -> some(scope.limits().spendPerDay()))
        .withMoney("spend_per_month", scope -> some(scope.limits().spendPerMonth()))
        .with("currency", _ -> currency);
  }

  private static @Nullable Long some(long limit) {
    return limit == 0 ? null : limit;
  }

  @Command(
      name = "list",
      description = "Lists all limits.",
      footer = {"", "Example: tayyar limits list"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(console, store -> store.print(sheet(store), store.limits().scopes()));
      return 0;
    }
  }

  /** Whose limits are set; one of them is given. */
  static final class Whose {
    @Option(names = "--key", paramLabel = "KEY", description = "Of a key, by its id or name.")
    private @Nullable String key;

    @Option(names = "--project", paramLabel = "ORG/NAME", description = "Of all keys of a project.")
    private @Nullable String project;

    @Option(names = "--org", paramLabel = "ORG", description = "Of all keys of an organisation.")
    private @Nullable String org;

    @Option(
        names = "--plan",
        paramLabel = "PLAN",
        description = "Of each organisation that has the plan.")
    private @Nullable String plan;

    Level level() {
      return key != null
          ? Level.KEY
          : project != null ? Level.PROJECT : org != null ? Level.ORGANISATION : Level.PLAN;
    }

    String name() {
      return Stream.of(key, project, org, plan)
          .flatMap(Stream::ofNullable)
          .findFirst()
          .orElseThrow();
    }
  }

  @Command(
      name = "set",
      description = "Sets the limits that are named, and leaves the others. 0 is no limit.",
      footer = {"", "Example: tayyar limits set --project acme/search --rpm 60 --at-once 8"})
  static final class Setting implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @ArgGroup(multiplicity = "1")
    private Whose whose = new Whose();

    @Option(names = "--rpm", paramLabel = "N", description = "Requests in 60 seconds.")
    private @Nullable Integer requestsPerMinute;

    @Option(names = "--tpm", paramLabel = "N", description = "Tokens in 60 seconds.")
    private @Nullable Integer tokensPerMinute;

    @Option(names = "--at-once", paramLabel = "N", description = "Requests under way at once.")
    private @Nullable Integer atOnce;

    @Option(names = "--tokens", paramLabel = "N", description = "Tokens of one request.")
    private @Nullable Integer tokensPerRequest;

    @Option(
        names = "--day",
        paramLabel = "AMOUNT",
        description = "What may be spent in a calendar day, in the organisation's zone.")
    private @Nullable String day;

    @Option(names = "--month", paramLabel = "AMOUNT", description = "The same in a month.")
    private @Nullable String month;

    Setting(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      boolean none =
          Stream.of(requestsPerMinute, tokensPerMinute, atOnce, tokensPerRequest, day, month)
              .allMatch(value -> value == null);
      if (none) {
        throw new CommandException(
            "Say which limit: --rpm, --tpm, --at-once, --tokens, --day or --month.");
      }
      Long ofDay = day == null ? null : Given.amount("--day", day);
      Long ofMonth = month == null ? null : Given.amount("--month", month);
      options.with(
          console,
          store -> {
            Scope now =
                store
                    .limits()
                    .change(whose.level(), whose.name(), before -> changed(before, ofDay, ofMonth));
            if (store.json()) {
              store.print(sheet(store).exact(now));
            } else {
              store.print(sheet(store), List.of(now));
            }
          });
      return 0;
    }

    private Limits changed(Limits before, @Nullable Long ofDay, @Nullable Long ofMonth) {
      return new Limits(
          requestsPerMinute == null ? before.requestsPerMinute() : requestsPerMinute,
          tokensPerMinute == null ? before.tokensPerMinute() : tokensPerMinute,
          atOnce == null ? before.requestsAtOnce() : atOnce,
          tokensPerRequest == null ? before.tokensPerRequest() : tokensPerRequest,
          ofDay == null ? before.spendPerDay() : ofDay,
          ofMonth == null ? before.spendPerMonth() : ofMonth);
    }
  }
}
