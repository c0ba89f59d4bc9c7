package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.accounts.Erasure;
import tayyar.accounts.Export;
import tayyar.accounts.Export.Part;
import tayyar.api.Money;
import tools.jackson.databind.json.JsonMapper;

/** Commands for an organisation that leaves: what there is of it, and its end. */
final class OrgsLeaving {
  private static final String ORG = "Its name or id.";

  private OrgsLeaving() {}

  @Command(
      name = "export",
      description = {
        "Writes all that the store has of an organisation into a folder, as JSON lines.",
        "Projects, keys without secrets, limits, movements, prices, requests, days and the log of"
            + " changes."
      },
      footer = {"", "Example: tayyar orgs export acme acme-2026"})
  static final class Exporting implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(index = "0", paramLabel = "ORG", description = ORG)
    private String name = "";

    @Parameters(index = "1", paramLabel = "FOLDER", description = "Empty, or not there yet.")
    private String folder = "";

    Exporting(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Path to = Path.of(folder).toAbsolutePath().normalize();
      options.with(
          console,
          open -> {
            var json = JsonMapper.shared();
            Map<Part, Long> counts =
                new Export(open.store().dataSource()).write(name, to, json::writeValueAsString);
            print(open, to, counts);
          });
      return 0;
    }

    private void print(OpenStore open, Path to, Map<Part, Long> counts) {
      if (open.json()) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("folder", to.toString());
        counts.forEach((part, count) -> all.put(part.word(), count));
        open.print(all);
        return;
      }
      String sentence =
          "%s, %s, %s and all else of '%s' are in '%s'."
              .formatted(
                  Counted.of(counts.getOrDefault(Part.REQUESTS, 0L), "request", "requests"),
                  Counted.of(counts.getOrDefault(Part.DAYS, 0L), "sum of days", "sums of days"),
                  Counted.of(counts.getOrDefault(Part.MOVEMENTS, 0L), "movement", "movements"),
                  name,
                  to);
      console.out().println(Console.shown(sentence));
    }
  }

  @Command(
      name = "delete",
      description = {
        "Deletes an organisation, for ever.",
        "Its names, keys and limits go, with notes of movements and what the log tells of it."
            + " Amounts, dates and ids stay, for the books."
      },
      footer = {"", "Example: tayyar orgs delete acme"})
  static final class Delete implements Callable<Integer> {
    private final Console console;
    @Mixin private StoreOptions options = new StoreOptions();

    @Parameters(paramLabel = "ORG", description = ORG)
    private String name = "";

    @Option(names = "--yes", description = "Does not ask for the name again.")
    private boolean yes;

    @Option(names = "--with-balance", description = "Also where money is left, or owed.")
    private boolean withBalance;

    Delete(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      options.with(
          console,
          open -> {
            Organisation its = open.accounts().organisation(name);
            String confirmed = yes ? its.name() : asked(its);
            var erasure = new Erasure(open.store().dataSource(), console.who());
            print(open, erasure.erase(its.id(), confirmed, withBalance));
          });
      return 0;
    }

    private String asked(Organisation its) {
      console
          .err()
          .print(
              Console.shown(
                  "Write '" + its.name() + "' to delete it for ever, or run with --yes: "));
      console.err().flush();
      try {
        @Nullable String line =
            new BufferedReader(new InputStreamReader(console.in(), UTF_8)).readLine();
        if (line == null || !line.strip().equals(its.name())) {
          throw new CommandException("Nothing was deleted.");
        }
        return its.name();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void print(OpenStore open, Organisation was) {
      if (open.json()) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("id", was.id());
        all.put("deleted", true);
        all.put("balance", Money.exact(was.balance()));
        open.print(all);
        return;
      }
      console
          .out()
          .println(
              Console.shown(
                  "'" + was.name() + "' is deleted; its books stay as those of " + was.id() + "."));
    }
  }
}
