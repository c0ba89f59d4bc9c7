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
import tayyar.accounts.AccountStore;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.api.To;

/** Organisations: who pays. Writes the database; a running server notices by itself. */
@Command(
    name = "orgs",
    description = "Makes, lists, changes, suspends, exports and deletes organisations.",
    footer = {"", "Example: tayyar orgs create acme --pays"})
final class OrgsCommand {
  private static final String ORG = "Its name or id.";

  private OrgsCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new OrgsCommand()))
        .addSubcommand(new Listing(console))
        .addSubcommand(new Create(console))
        .addSubcommand(new Change(console))
        .addSubcommand(
            Suspension.line(
                console, true, "suspend", "Refuses all new requests of an organisation."))
        .addSubcommand(Suspension.line(console, false, "resume", "Ends a suspension."))
        .addSubcommand(new OrgsLeaving.Exporting(console))
        .addSubcommand(new OrgsLeaving.Delete(console));
  }

  private static Sheet<Organisation> sheet(OpenStore store) {
    String currency = store.accounts().currency();
    return new Sheet<Organisation>()
        .with("id", Organisation::id)
        .with("name", Organisation::name)
        .with("plan", Organisation::plan)
        .with("pays", Organisation::pays)
        .withMoney("balance", Organisation::balance)
        .with("currency", _ -> currency)
        .with("zone", org -> org.zone().getId())
        .with("created", Organisation::created)
        .with("regions", org -> store.json() || org.regions() != null ? org.regions() : "any")
        .with("networks", org -> store.json() || org.networks() != null ? org.networks() : "any")
        .with("suspended", Organisation::suspended);
  }

  private static String words(Organisation org) {
    return "The organisation '"
        + org.name()
        + "' "
        + (org.pays() ? "pays" : "pays nothing")
        + (org.plan() == null ? ", without a plan" : ", with the plan '" + org.plan() + "'")
        + (org.regions() == null ? "" : ", in " + String.join(", ", org.regions()))
        + (org.networks() == null ? "" : ", from " + String.join(", ", org.networks()))
        + (org.suspended() == null ? "." : "; it is suspended.");
  }

  private static void tell(OpenStore store, String name) {
    Organisation org = store.accounts().organisation(name);
    store.print(sheet(store), org, words(org));
    store.warn();
  }

  @Command(
      name = "list",
      description = "Lists the organisations with their balances.",
      footer = {"", "Example: tayyar orgs list --json"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(console, store -> store.print(sheet(store), store.accounts().organisations()));
      return 0;
    }
  }

  @Command(
      name = "create",
      description = "Makes an organisation with the project 'default'.",
      footer = {"", "Example: tayyar orgs create acme --plan small --pays"})
  static final class Create implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--plan", paramLabel = "PLAN", description = "What it may use.")
    private @Nullable String plan;

    @Option(names = "--pays", description = "Its requests need prices and a balance.")
    private boolean pays;

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        description = "Where its days begin (default: ${DEFAULT-VALUE}).")
    private String zone = "Africa/Cairo";

    Create(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      var where = AccountStore.zone(zone);
      options.making(
          console,
          store -> tell(store, store.accounts().createOrganisation(name, plan, pays, where).id()));
      return 0;
    }
  }

  @Command(
      name = "change",
      description = "Changes an organisation's plan, regions, networks, zone, or whether it pays.",
      footer = {"", "Example: tayyar orgs change acme --plan large --pays"})
  static final class Change implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "ORG", description = ORG)
    private String name = "";

    @Option(names = "--plan", paramLabel = "PLAN", description = "What it may use.")
    private @Nullable String plan;

    @Option(names = "--no-plan", description = "It may use all.")
    private boolean noPlan;

    @Option(names = "--pays", description = "Its requests need prices and a balance.")
    private boolean pays;

    @Option(names = "--free", description = "It pays nothing.")
    private boolean free;

    @Option(
        names = "--regions",
        paramLabel = "A,B",
        description = "Its requests are answered by servers of these regions alone.")
    private @Nullable String regions;

    @Option(names = "--any-region", description = "Its requests are answered anywhere.")
    private boolean anyRegion;

    @Option(
        names = "--networks",
        paramLabel = "A,B",
        description = "Its requests come from these addresses or networks alone.")
    private @Nullable String networks;

    @Option(names = "--any-network", description = "Its requests come from anywhere.")
    private boolean anyNetwork;

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        description = "Where its days begin; days that are summed already stay.")
    private @Nullable String zone;

    Change(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      exclude(plan != null && noPlan, "--plan and --no-plan");
      exclude(pays && free, "--pays and --free");
      exclude(regions != null && anyRegion, "--regions and --any-region");
      exclude(networks != null && anyNetwork, "--networks and --any-network");
      To<String> another = (plan == null && !noPlan) ? null : new To<>(plan);
      Boolean whether = (pays || free) ? pays : null;
      var change =
          new AccountStore.Change(
              another,
              whether,
              null,
              places(regions, anyRegion),
              places(networks, anyNetwork),
              zone == null ? null : AccountStore.zone(zone));
      if (change.isNone()) {
        throw new CommandException(
            "Say what to change: --plan, --no-plan, --pays, --free, --regions, --any-region,"
                + " --networks, --any-network or --zone.");
      }
      options.with(
          console,
          store -> {
            store.accounts().change(name, change);
            tell(store, name);
          });
      return 0;
    }

    private static @Nullable To<List<String>> places(@Nullable String listed, boolean any) {
      return listed == null && !any ? null : new To<>(listed == null ? null : Given.places(listed));
    }

    private static void exclude(boolean both, String flags) {
      if (both) {
        throw new CommandException(flags + " exclude each other.");
      }
    }
  }

  /** Suspends an organisation, or ends that. */
  @Command
  static final class Suspension implements Callable<Integer> {
    private final Console console;
    private final boolean suspended;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "ORG", description = ORG)
    private String name = "";

    private Suspension(Console console, boolean suspended) {
      this.console = console;
      this.suspended = suspended;
    }

    /** The command that suspends, or the one that ends that. */
    static CommandLine line(Console console, boolean suspended, String name, String description) {
      var line = new CommandLine(new Suspension(console, suspended));
      line.getCommandSpec()
          .name(name)
          .usageMessage()
          .description(description)
          .footer("", "Example: tayyar orgs " + name + " acme");
      return line;
    }

    @Override
    public Integer call() {
      options.with(
          console,
          store -> {
            store.accounts().suspend(name, suspended);
            Organisation org = store.accounts().organisation(name);
            store.print(sheet(store), org, words(org));
          });
      return 0;
    }
  }
}
