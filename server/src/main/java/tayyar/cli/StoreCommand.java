package tayyar.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.api.StoreAddress;
import tayyar.config.ConfigReader;
import tayyar.ledger.Ledger;
import tayyar.store.Copy;
import tools.jackson.databind.json.JsonMapper;

/** Works on whole stores. */
@Command(name = "store", description = "Works on whole stores.")
final class StoreCommand {
  private StoreCommand() {}

  static CommandLine line(Console console) {
    var store = new CommandLine(CommandSpec.forAnnotatedObject(new StoreCommand()));
    return store.addSubcommand(new Copying(console));
  }

  /** Moves a store to another one. */
  @Command(
      name = "copy",
      description = {
        "Copies a store into an empty database of a PostgreSQL server, and compares every row.",
        "All or nothing; the first one stays as it is. Stop its servers before."
      },
      footer = {
        "",
        "PGPASSWORD or PGPASSFILE has the password.",
        "Example: tayyar store copy tayyar.db postgresql://tayyar@db/tayyar"
      })
  static final class Copying implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FROM", description = "A file, or postgresql://...")
    private String from = "";

    @Parameters(paramLabel = "TO", description = "postgresql://USER@HOST/DATABASE")
    private String to = "";

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    Copying(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      StoreAddress source = at(from);
      StoreAddress target = at(to);
      nobodyWrites(source);
      journalsAreEmpty(source.journals());
      Map<String, Long> rows = Copy.of(source, target);
      long all = rows.values().stream().mapToLong(Long::longValue).sum();
      if (json) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("from", source.toString());
        told.put("to", target.toString());
        told.put("rows", all);
        told.put("tables", rows);
        console.out().println(JsonMapper.shared().writeValueAsString(told));
      } else {
        rows.forEach((table, count) -> console.out().println("  %-15s %d".formatted(table, count)));
        console
            .out()
            .println(Counted.of(all, "row was copied", "rows were copied") + " and compared.");
      }
      return 0;
    }

    private StoreAddress at(String which) {
      return ConfigReader.store(
          new ConfigReader.Flags("", "", "", which, ""), console.environment());
    }

    /** Whatever a server still writes would be left behind. */
    private static void nobodyWrites(StoreAddress source) {
      if (Ledger.isInUse(source.journals())) {
        throw new CommandException("A server uses '%s': stop it first.".formatted(source));
      }
    }

    /** Rows that are in a journal alone would be left behind. */
    private static void journalsAreEmpty(Path journals) {
      int waiting = Ledger.kept(journals).size();
      if (waiting > 0) {
        throw new CommandException(
            "A server was killed here, and %s: start it once more and stop it."
                .formatted(
                    Counted.of(waiting, "row waits in its journal", "rows wait in its journal")));
      }
    }
  }
}
