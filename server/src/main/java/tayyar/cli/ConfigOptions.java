package tayyar.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import tayyar.config.Config;
import tayyar.config.ConfigReader;

/** The flags that stand for the configuration. */
final class ConfigOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
  String config = "";

  @Option(names = "--store", paramLabel = "FILE", description = "The database of keys and ledger.")
  String store = "";

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A GGUF file, its URL, a name that 'models --catalogue' lists, or a hub's OWNER/REPOSITORY[:FILE]; may be given several times.")
  List<String> models = List.of();

  Config read(Map<String, String> environment) {
    return read(environment, "", "");
  }

  Config read(Map<String, String> environment, String listen, String admin) {
    return ConfigReader.read(
        new ConfigReader.Flags(config, listen, admin, store, models), environment);
  }
}
