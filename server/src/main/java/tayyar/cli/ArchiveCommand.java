package tayyar.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.accounts.Retention;
import tayyar.api.Keep;
import tayyar.ledger.Ledger;

/** Moves old requests out of the ledger, as a server does by itself where it is configured. */
@Command(
    name = "archive",
    description = {
      "Moves requests that are older than a time into sums of their days, and their rows to CSV files.",
      "What was used and paid stays the same. A server may run meanwhile."
    },
    footer = {"", "Example: tayyar archive --keep 400d --to /srv/archive"})
final class ArchiveCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private StoreOptions options = new StoreOptions();

  @Option(
      names = "--keep",
      paramLabel = "DAYS",
      description = "Keeps younger ones, as 400d (default: the configuration's ledger.keep).")
  private @Nullable String keep;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Where the files go (default: the configuration's ledger.archive).")
  private @Nullable String to;

  @Option(names = "--delete", description = "Writes no files.")
  private boolean delete;

  ArchiveCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (delete && to != null) {
      throw new CommandException("--to and --delete exclude each other.");
    }
    options.with(
        console,
        open -> {
          Keep meant = meant(open);
          Path file = open.config().store().journals();
          var retention = new Retention(open.store().dataSource(), () -> Ledger.kept(file), meant);
          print(open, meant, retention.run(Retention.gentle(() -> true)));
        });
    return 0;
  }

  private Keep meant(OpenStore open) {
    Keep configured = open.config().keep();
    if (keep == null && configured == null) {
      throw new CommandException(
          "Say how long requests are kept: --keep 400d, or 'ledger: { keep: 400d }' in the"
              + " configuration.");
    }
    Path usual = configured == null ? null : configured.archive();
    Path folder = to == null ? usual : Path.of(to).toAbsolutePath();
    if (folder == null && !delete) {
      throw new CommandException("Say where they go: --to FOLDER, or --delete.");
    }
    Duration time =
        keep == null && configured != null ? configured.time() : Given.days("--keep", keep);
    if (Keep.isTooShort(time)) {
      throw new CommandException("--keep is '" + keep + "'; " + Keep.tooShort() + ".");
    }
    return new Keep(time, delete ? null : folder);
  }

  private void print(OpenStore open, Keep keep, Retention.Done done) {
    if (open.json()) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("requests", done.rows());
      all.put("files", done.files());
      all.put("archive", keep.archive() == null ? null : keep.archive().toString());
      open.print(all);
      return;
    }
    String where =
        keep.archive() == null
            ? "; their rows are deleted."
            : "; "
                + Counted.of(done.files(), "file was", "files were")
                + " written to '"
                + keep.archive()
                + "'.";
    String moved = Counted.of(done.rows(), "request is a sum", "requests are sums");
    console.out().println(Console.shown(moved + " of days now" + where));
  }
}
