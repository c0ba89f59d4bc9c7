package tayyar.cli;

import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;
import tayyar.api.StoreAddress;
import tayyar.config.ConfigReader;
import tayyar.store.Store;

/** The flags of commands that work on the store itself. */
final class StoreOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
  private String config = "";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "The database: a file, or postgresql://...")
  private String store = "";

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  /** Opens the store, which has to be there, says which it is, and works on it. */
  void with(Console console, Consumer<OpenStore> work) {
    with(console, Store::openExisting, work);
  }

  /** Works on the store for a command that an operator may begin with: makes it where it is not. */
  void making(Console console, Consumer<OpenStore> work) {
    with(console, Store::open, work);
  }

  private void with(Console console, Function<StoreAddress, Store> open, Consumer<OpenStore> work) {
    var flags = new ConfigReader.Flags(config, "", "", store, "");
    var read = ConfigReader.read(flags, console.environment());
    StoreWork.on(
        console,
        read.store(),
        open,
        opened -> {
          work.accept(new OpenStore(console, read, opened, json));
          return true;
        });
  }
}
