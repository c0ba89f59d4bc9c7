package tayyar.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.config.Config;
import tayyar.config.ServedModel;
import tools.jackson.databind.json.JsonMapper;

/** Reads the configuration without starting. */
@Command(
    name = "check",
    description = "Reads the configuration without starting, and says what it comes to.",
    footer = {"", "Example: tayyar check --config tayyar.yaml"})
final class CheckCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Config config = options.read(console.environment());
    if (json) {
      console.out().println(JsonMapper.shared().writeValueAsString(json(config)));
      return 0;
    }
    console.out().println("The configuration is good.");
    console.out().println("  listen  " + config.listen());
    console.out().println("  admin   " + config.admin());
    console.out().println("  store   " + config.store());
    console.out().println("  models  " + names(config));
    return 0;
  }

  private static String names(Config config) {
    if (!config.asked().isEmpty()) {
      return config.asked();
    }
    return config.models().isEmpty()
        ? "the default one"
        : String.join(", ", config.models().stream().map(ServedModel::name).toList());
  }

  private static Map<String, Object> json(Config config) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ok", true);
    all.put("listen", config.listen().toString());
    all.put("admin", config.admin().toString());
    all.put("store", config.store().toString());
    all.put("models", config.models().stream().map(ServedModel::name).toList());
    return all;
  }
}
