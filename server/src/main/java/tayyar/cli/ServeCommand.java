package tayyar.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.accounts.AdminTokens;
import tayyar.config.Config;
import tayyar.config.ConfigException;
import tayyar.config.Listen;
import tayyar.fetch.FetchException;
import tayyar.keys.KeyStore;
import tayyar.store.Store;

/** Serves until it is told to stop. */
@Command(
    name = "serve",
    description = "Serves the API and the playground until it is told to stop.",
    footer = {
      "",
      "Example: tayyar serve",
      "Example: tayyar serve --config tayyar.yaml --listen 0.0.0.0:8080"
    })
final class ServeCommand implements Callable<Integer> {
  private static final Duration LOADING = Duration.ofMinutes(10);
  private static final int FIRST_KEY_RPM = 600;
  private static final String FIRST = "first start";

  private final Wiring wiring;
  private final Console console;
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where the API listens (default: 127.0.0.1:8080); port 0 takes a free one.")
  private String listen = "";

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "Where metrics and health are (default: 127.0.0.1:8081).")
  private String admin = "";

  ServeCommand(Wiring wiring, Console console) {
    this.wiring = wiring;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    wiring.prepare();
    var ready = new Ready(console);
    Supplier<Config> read = () -> options.read(console.environment(), listen, admin);
    var told = new Told(console.in(), () -> again(ready, read));
    Config config = ready.config(read.get());
    Wiring.Running running = start(config);
    try {
      First first = first(config, running);
      String why = running.awaitReady(LOADING);
      if (!why.isEmpty()) {
        throw new CommandException(why);
      }
      told.runs(running, config);
      new Greeting(console, config, running::embeds, wiring.name(config), running.api())
          .print(first.key(), first.token(), running.admin());
    } catch (RuntimeException e) {
      running.close();
      throw e;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /** While the server runs, what can't be found is a mistake of the configuration. */
  private static Config again(Ready ready, Supplier<Config> read) {
    try {
      return ready.config(read.get());
    } catch (CommandException | FetchException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private Wiring.Running start(Config config) {
    try {
      return wiring.serve(config);
    } catch (IOException | UncheckedIOException e) {
      Taken.check("--listen", config.listen());
      Taken.check("--admin", config.admin());
      throw new CommandException("The server cannot start: " + e.getMessage());
    }
  }

  /**
   * What a start has made, to be shown once.
   *
   * @param key a key where there was none, else empty
   * @param token an owner's admin token where there was none, else empty
   */
  record First(String key, String token) {
    @Override
    public String toString() {
      return "First[...]";
    }
  }

  /** Makes a key and an admin token where there are none. The key opens the door at once. */
  static First first(Config config, Wiring.Running running) {
    try (Store store = Store.open(config.store())) {
      var tokens = new AdminTokens(store.dataSource(), FIRST);
      var keys = new KeyStore(store.dataSource(), FIRST);
      AdminTokens.Issued token = tokens.first();
      String key = keys.list().isEmpty() ? keys.create("first", FIRST_KEY_RPM).secret() : "";
      running.lookAtKeys();
      return new First(key, token == null ? "" : token.secret());
    }
  }

  static Listen address(String flag, String text) {
    try {
      return Listen.of(text);
    } catch (ConfigException e) {
      throw new CommandException(flag + ": " + e.getMessage() + ".");
    }
  }
}
