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
import tayyar.accounts.AccountStore.Plan;
import tayyar.api.Money;

/** Plans: what organisations may use. */
@Command(
    name = "plans",
    description = "Lists plans, makes and changes them.",
    footer = {"", "Example: tayyar plans set small --models llama-8b --overdraft 10"})
final class PlansCommand {
  private PlansCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new PlansCommand()))
        .addSubcommand(new Listing(console))
        .addSubcommand(new Setting(console));
  }

  private static Sheet<Plan> sheet(OpenStore store) {
    String currency = store.accounts().currency();
    return new Sheet<Plan>()
        .withUnseen("id", Plan::id)
        .with("name", Plan::name)
        .with("models", plan -> store.json() || plan.models() != null ? plan.models() : "all")
        .withMoney("overdraft", Plan::overdraft)
        .with("currency", _ -> currency);
  }

  @Command(
      name = "list",
      description = "Lists the plans.",
      footer = {"", "Example: tayyar plans list"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(console, store -> store.print(sheet(store), store.accounts().plans()));
      return 0;
    }
  }

  @Command(
      name = "set",
      description = "Makes a plan, or changes what is named of it.",
      footer = {"", "Example: tayyar plans set small --models llama-8b,qwen --overdraft 10"})
  static final class Setting implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--models", paramLabel = "A,B", description = "Models it has, by name.")
    private @Nullable String models;

    @Option(names = "--all-models", description = "It has all models, as a new plan does.")
    private boolean allModels;

    @Option(
        names = "--overdraft",
        paramLabel = "AMOUNT",
        description = "How far below zero a balance may go; 0 for a new plan.")
    private @Nullable String overdraft;

    Setting(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      if (models != null && allModels) {
        throw new CommandException("--models and --all-models exclude each other.");
      }
      List<String> named = models == null ? null : Given.models(models);
      Long amount = overdraft == null ? null : Given.amount("--overdraft", overdraft);
      options.making(
          console,
          store -> {
            Plan plan = set(store, named, amount);
            store.print(sheet(store), plan, words(plan, store.accounts().currency()));
          });
      return 0;
    }

    private Plan set(OpenStore store, @Nullable List<String> named, @Nullable Long amount) {
      Plan before =
          store.accounts().plans().stream()
              .filter(plan -> plan.name().equals(name))
              .findFirst()
              .orElseGet(() -> new Plan("", name, null, 0));
      return store
          .accounts()
          .setPlan(
              name,
              allModels ? null : named == null ? before.models() : named,
              amount == null ? before.overdraft() : amount);
    }

    private static String words(Plan plan, String currency) {
      return "The plan '%s' has %s and an overdraft of %s %s."
          .formatted(
              plan.name(),
              plan.models() == null ? "all models" : String.join(", ", plan.models()),
              Money.shown(plan.overdraft()),
              currency);
    }
  }
}
