package tayyar.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.accounts.AccountStore.Project;

/** Projects: keys that belong together. */
@Command(
    name = "projects",
    description = "Makes and lists projects.",
    footer = {"", "Example: tayyar projects create acme/search"})
final class ProjectsCommand {
  private static final Sheet<Project> SHEET =
      new Sheet<Project>()
          .with("id", Project::id)
          .with("organisation", Project::organisation)
          .with("name", Project::name)
          .with("created", Project::created);

  private ProjectsCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(CommandSpec.forAnnotatedObject(new ProjectsCommand()))
        .addSubcommand(new Listing(console))
        .addSubcommand(new Create(console));
  }

  @Command(
      name = "list",
      description = "Lists the projects.",
      footer = {"", "Example: tayyar projects list --org acme"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Option(names = "--org", paramLabel = "ORG", description = "Those of one organisation.")
    private @Nullable String org;

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(console, store -> store.print(SHEET, store.accounts().projects(org)));
      return 0;
    }
  }

  @Command(
      name = "create",
      description = "Makes a project.",
      footer = {"", "Example: tayyar projects create acme/search"})
  static final class Create implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "ORG/NAME", description = "Its organisation and its name.")
    private String which = "";

    Create(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      int slash = which.lastIndexOf('/');
      if (slash < 0) {
        throw new CommandException("'" + which + "' names no project; write one as acme/search.");
      }
      options.with(
          console,
          store -> {
            Project made =
                store
                    .accounts()
                    .createProject(which.substring(0, slash), which.substring(slash + 1));
            String words =
                "'" + made.name() + "' is a project of '" + made.organisation() + "' now.";
            store.print(SHEET, made, words);
          });
      return 0;
    }
  }
}
