package tayyar.cli;

import java.util.function.Consumer;
import picocli.CommandLine.Option;
import tayyar.config.ConfigReader;
import tayyar.store.Store;

/** The flags of commands that work on the store itself. */
final class StoreOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
  private String config = "";

  @Option(names = "--store", paramLabel = "FILE", description = "The database.")
  private String store = "";

  @Option(names = "--json", description = "Prints JSON.")
  boolean json;

  /** Opens the store, says which it is, and works on it. */
  void with(Console console, Consumer<OpenStore> work) {
    var flags = new ConfigReader.Flags(config, "", "", store, "");
    var read = ConfigReader.read(flags, console.environment());
    try (Store opened = Store.open(read.store())) {
      console.err().println("Store: " + read.store());
      work.accept(new OpenStore(console, read, opened, json));
    }
  }
}
