package tayyar.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import tayyar.api.RuleException;
import tayyar.bench.PlanException;
import tayyar.config.ConfigException;
import tayyar.fetch.FetchException;
import tayyar.store.StoreException;

/** The command line. */
public final class Commands {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private Commands() {}

  @Command(
      name = "tayyar",
      description = "A streaming LLM API server and gateway.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {"", "Example: tayyar serve", "Help for one: tayyar serve --help"})
  private static final class Root {}

  /**
   * Runs a command.
   *
   * @return the process's exit status: 0, or 1 when it failed, or 2 when it was misused
   */
  public static int run(String[] args, Wiring wiring) {
    return run(args, wiring, Console.ofProcess());
  }

  static int run(String[] args, Wiring wiring, Console console) {
    CommandLine line = commands(args, wiring, console);
    line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, _) -> misused(e, console));
    line.setExecutionExceptionHandler((e, _, _) -> failed(e, console));
    line.setExecutionStrategy(Commands::execute);
    return line.execute(args);
  }

  private static int execute(CommandLine.ParseResult parsed) {
    CommandSpec asked = parsed.asCommandLineList().getLast().getCommandSpec();
    if (CommandLine.printHelpIfRequested(parsed)) {
      return 0;
    }
    if (!(asked.userObject() instanceof Callable)) {
      asked.commandLine().usage(asked.commandLine().getErr());
      return MISUSED;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /**
   * The command line with the one command that is asked for, or with all where none is: to look
   * through the annotations of all of them takes longer than a command does.
   */
  private static CommandLine commands(String[] args, Wiring wiring, Console console) {
    var root = new CommandLine(new Root());
    Map<String, Supplier<CommandLine>> all = all(wiring, console);
    Supplier<CommandLine> asked = args.length == 0 ? null : all.get(args[0]);
    if (asked == null) {
      all.forEach((name, command) -> root.addSubcommand(name, command.get()));
    } else {
      root.addSubcommand(args[0], asked.get());
    }
    withHelp(root);
    return root;
  }

  private static Map<String, Supplier<CommandLine>> all(Wiring wiring, Console console) {
    var all = new LinkedHashMap<String, Supplier<CommandLine>>();
    all.put("serve", () -> new CommandLine(new ServeCommand(wiring, console)));
    all.put("chat", () -> new CommandLine(new ChatCommand(wiring, console)));
    all.put("keys", () -> keys(console));
    all.put("orgs", () -> OrgsCommand.line(console));
    all.put("projects", () -> ProjectsCommand.line(console));
    all.put("plans", () -> PlansCommand.line(console));
    all.put("limits", () -> LimitsCommand.line(console));
    all.put("currency", () -> new CommandLine(new CurrencyCommand(console)));
    all.put("prices", () -> PricesCommand.line(console));
    all.put("balance", () -> BalanceCommand.line(console));
    all.put("usage", () -> new CommandLine(new UsageCommand(console)));
    all.put("requests", () -> new CommandLine(new RequestsCommand(console)));
    all.put("archive", () -> new CommandLine(new ArchiveCommand(console)));
    all.put("audit", () -> new CommandLine(new AuditCommand(console)));
    all.put("admin-tokens", () -> AdminTokensCommand.line(console));
    all.put("store", () -> StoreCommand.line(console));
    all.put("reconcile", () -> new CommandLine(new ReconcileCommand(console)));
    all.put("models", () -> new CommandLine(new ModelsCommand(console)));
    all.put("pull", () -> new CommandLine(new PullCommand(console)));
    all.put("worker", () -> new CommandLine(new WorkerCommand(wiring)));
    all.put("bench", () -> bench(console));
    all.put("train", () -> train(wiring, console));
    all.put("simulate", () -> new CommandLine(new SimulateCommand(console)));
    all.put("check", () -> new CommandLine(new CheckCommand(wiring, console)));
    all.put("version", () -> new CommandLine(new VersionCommand(console)));
    return all;
  }

  private static CommandLine keys(Console console) {
    var keys = new CommandLine(CommandSpec.forAnnotatedObject(new KeysCommand()));
    keys.addSubcommand(new KeysCommand.Create(console));
    keys.addSubcommand(new KeysCommand.Listing(console));
    keys.addSubcommand(new KeysCommand.Change(console));
    keys.addSubcommand(new KeysCommand.Revoke(console));
    keys.addSubcommand(new KeysCommand.Usage(console));
    return keys;
  }

  private static CommandLine bench(Console console) {
    var bench = new CommandLine(new BenchCommand(console));
    bench.addSubcommand(new BenchCommand.Compare(console));
    return bench;
  }

  private static CommandLine train(Wiring wiring, Console console) {
    var train = new CommandLine(new TrainCommand(wiring, console));
    return train.setUnmatchedArgumentsAllowed(true);
  }

  private static void withHelp(CommandLine line) {
    line.getCommandSpec()
        .addOption(
            CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this.")
                .build());
    line.getSubcommands().values().forEach(Commands::withHelp);
  }

  private static int misused(ParameterException e, Console console) {
    String sentence = Objects.requireNonNullElse(e.getMessage(), "These flags cannot be read.");
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    console.err().println(stopped(sentence) + " See " + command + " --help.");
    return MISUSED;
  }

  private static int failed(Exception e, Console console) {
    boolean told =
        e instanceof RuleException
            || e instanceof CommandException
            || e instanceof FetchException
            || e instanceof PlanException
            || e instanceof StoreException;
    if (e instanceof ConfigException several) {
      several.mistakes().forEach(mistake -> console.err().println(stopped(mistake)));
      return FAILED;
    }
    String sentence = String.valueOf(e.getMessage());
    console
        .err()
        .println(
            told
                ? stopped(sentence)
                : "That failed unexpectedly ("
                    + e.getClass().getSimpleName()
                    + "): "
                    + stopped(sentence));
    return FAILED;
  }

  static String stopped(String sentence) {
    return sentence.endsWith(".") || sentence.endsWith("?") ? sentence : sentence + ".";
  }
}
