package tayyar.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.accounts.AccountException;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Warnings;
import tayyar.config.Config;
import tayyar.config.ConfigException;
import tayyar.config.Listen;
import tayyar.config.SharedLimits;
import tayyar.config.TlsSettings;
import tayyar.store.Store;
import tayyar.store.StoreException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the configuration and looks at what it names, without starting. Changes nothing. */
@Command(
    name = "check",
    description = {
      "Reads the configuration without starting, and says what it comes to, or all that is wrong.",
      "First what is wrong in the file; where that is good, with the files, folders and addresses"
          + " that it names."
    },
    footer = {"", "Example: tayyar check --config tayyar.yaml"})
final class CheckCommand implements Callable<Integer> {
  private final Wiring wiring;
  private final Console console;
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  CheckCommand(Wiring wiring, Console console) {
    this.wiring = wiring;
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      Config config = options.read(console.environment());
      List<String> mistakes = mistakes(config);
      return mistakes.isEmpty() ? good(config) : bad(mistakes);
    } catch (ConfigException e) {
      return bad(e.mistakes());
    }
  }

  private int bad(List<String> mistakes) {
    if (json) {
      print(Map.of("ok", false, "mistakes", mistakes));
    } else {
      mistakes.forEach(mistake -> console.err().println(Commands.stopped(mistake)));
    }
    return 1;
  }

  private int good(Config config) {
    List<String> notes = notes(config);
    if (json) {
      print(json(config, notes));
      return 0;
    }
    console.out().println("The configuration is good.");
    console.out().println("  listen  " + config.listen() + (config.tls() == null ? "" : " (TLS)"));
    console.out().println("  admin   " + config.admin());
    console.out().println("  store   " + config.store());
    console.out().println("  models  " + names(config));
    SharedLimits limits = config.limits();
    if (limits != null) {
      console.out().println("  limits  counted by all gateways together, at " + at(limits));
    }
    notes.forEach(note -> console.out().println("  note    " + Console.shown(note)));
    return 0;
  }

  private List<String> mistakes(Config config) {
    List<String> all = new ArrayList<>();
    addressMistake(all, "listen", config.listen());
    addressMistake(all, "admin", config.admin());
    TlsSettings tls = config.tls();
    if (tls != null && tls.redirect() != null) {
      addressMistake(all, "tls.redirect", tls.redirect());
    }
    all.add(Store.flaw(config.store()));
    config.asked().forEach(one -> all.add(askedMistake(one)));
    all.addAll(wiring.mistakes(config));
    all.removeIf(String::isEmpty);
    return all;
  }

  private static void addressMistake(List<String> all, String name, Listen at) {
    String why = Taken.why(at);
    if (!why.isEmpty() && !why.equals(Taken.IN_USE)) {
      all.add("Nothing can listen on %s ('%s'): %s.".formatted(at, name, why));
    }
  }

  /** Of a model that is asked for; what is fetched is not looked for. */
  private static String askedMistake(String asked) {
    boolean file = asked.endsWith(".gguf") && !asked.contains(":");
    return file && !Files.isRegularFile(Path.of(asked))
        ? "There is no model file '" + asked + "'."
        : "";
  }

  /** A port that is taken is no mistake: a server that runs with this configuration has it. */
  private List<String> notes(Config config) {
    List<String> all = new ArrayList<>();
    for (Listen at : List.of(config.listen(), config.admin())) {
      if (Taken.why(at).equals(Taken.IN_USE)) {
        all.add(at + " is taken now; a server with this configuration may have it");
      }
    }
    all.addAll(wiring.warnings(config));
    all.addAll(warnings(config));
    return all;
  }

  /** A store of an older version is left as it is. */
  private static List<String> warnings(Config config) {
    if (!Store.isCurrent(config.store())) {
      return List.of();
    }
    try (Store store = Store.openExisting(config.store())) {
      var accounts = new AccountStore(store.dataSource());
      return Warnings.of(accounts, Ready.served(config), Ready.regions(config)).sentences();
    } catch (StoreException | AccountException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private static String names(Config config) {
    if (!config.asked().isEmpty()) {
      return String.join(", ", config.asked());
    }
    return config.models().isEmpty() ? "the default one" : String.join(", ", config.names());
  }

  private static String at(SharedLimits limits) {
    return limits.redis() == null ? "the store" : limits.at();
  }

  private static Map<String, Object> json(Config config, List<String> notes) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ok", true);
    all.put("listen", config.listen().toString());
    all.put("admin", config.admin().toString());
    all.put("tls", config.tls() != null);
    all.put("store", config.store().toString());
    all.put("models", config.names());
    SharedLimits limits = config.limits();
    all.put("limits", limits == null ? "none" : limits.at());
    all.put("notes", notes);
    return all;
  }

  private void print(Map<String, Object> all) {
    console.out().println(JsonMapper.shared().writeValueAsString(all));
  }
}
