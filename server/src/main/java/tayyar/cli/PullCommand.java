package tayyar.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.fetch.Fetcher;
import tools.jackson.databind.json.JsonMapper;

/** Fetches a model, and the engine's libraries. */
@Command(
    name = "pull",
    description =
        "Fetches the engine's libraries and a model into the cache; without one, the default model.",
    footer = {
      "",
      "Example: tayyar pull",
      "Example: tayyar pull qwen3-4b",
      "Example: tayyar pull OWNER/REPOSITORY:FILE.gguf",
      "Example: tayyar pull http://files.example/model.gguf#sha256=..."
    })
final class PullCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description =
          "A name that 'models --catalogue' lists, an http(s) address of a GGUF file, or a hub's OWNER/REPOSITORY[:FILE].")
  private String model = "";

  @Option(names = "--model-only", description = "Leaves the engine's libraries out.")
  private boolean modelOnly;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  PullCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Fetcher fetcher = Ready.fetcher(console);
    Map<String, String> paths = new LinkedHashMap<>();
    if (!modelOnly) {
      paths.put("natives", fetcher.natives().toString());
    }
    Path file = model.isEmpty() ? fetcher.defaultModel() : fetcher.model(model);
    paths.put("model", file.toString());
    if (json) {
      console.out().println(JsonMapper.shared().writeValueAsString(paths));
    } else {
      paths.forEach((what, path) -> console.out().printf("%-8s %s%n", what, path));
    }
    return 0;
  }
}
