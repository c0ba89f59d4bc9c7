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
import tayyar.config.Config;
import tayyar.config.EngineSettings;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.memory.ModelMemory;
import tools.jackson.databind.json.JsonMapper;

/** Lists the models that are configured and those in the cache. */
@Command(
    name = "models",
    description = "Lists the models that serve would offer, and those already fetched.",
    footer = {
      "",
      "Example: tayyar models --config tayyar.yaml --json",
      "Example: tayyar models --catalogue"
    })
final class ModelsCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--catalogue",
      description = "Lists models that know Arabic and can be pulled by a short name instead.")
  private boolean catalogue;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  ModelsCommand(Console console) {
    this.console = console;
  }

  /**
   * A model.
   *
   * @param memory what it takes, as an estimate; 0 where that is not known
   */
  private record Line(String name, String state, long memory, String from) {
    Map<String, Object> json() {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("name", name);
      all.put("state", state);
      if (memory > 0) {
        all.put("memoryBytes", memory);
      }
      all.put("from", from);
      return all;
    }
  }

  @Override
  public Integer call() {
    Config config = options.read(console.environment());
    if (catalogue) {
      new Offered(console, config.engine()).print(json);
      return 0;
    }
    List<Line> lines = lines(config);
    if (json) {
      var all = lines.stream().map(Line::json).toList();
      console.out().println(JsonMapper.shared().writeValueAsString(all));
      return 0;
    }
    var table = new Table("NAME", "STATE", "MEMORY", "FROM");
    for (Line line : lines) {
      String memory = line.memory == 0 ? "-" : ModelMemory.shown(line.memory);
      table.row(line.name, line.state, memory, line.from);
    }
    table.print(console.out());
    return 0;
  }

  private List<Line> lines(Config config) {
    EngineSettings engine = config.engine();
    List<Line> lines = new ArrayList<>();
    for (String asked : config.asked()) {
      long memory = asked.contains(":") ? 0 : memory(Path.of(asked), engine);
      lines.add(new Line(asked, "served", memory, "--model"));
    }
    if (config.asked().isEmpty() && config.models().isEmpty()) {
      lines.add(new Line(Ready.DEFAULT_NAME, "served", 0, "the default model"));
    }
    config.models().forEach(model -> lines.add(line(model, engine)));
    for (Path file : Ready.fetcher(console).cached()) {
      lines.add(new Line(file.getFileName() + "", "fetched", memory(file, engine), file + ""));
    }
    return lines;
  }

  private static Line line(ServedModel model, EngineSettings engine) {
    return switch (model.from()) {
      case From.File file ->
          new Line(
              model.name(),
              file.atStart() ? "served" : "served, at first use",
              memory(file.path(), engine),
              file.path().toString());
      case From.Targets targets ->
          new Line(
              model.name(),
              "served",
              0,
              String.join(", ", targets.all().stream().map(at -> at.url().toString()).toList()));
    };
  }

  private static long memory(Path file, EngineSettings engine) {
    return Files.isRegularFile(file) ? engine.memory(file).bytes() : 0;
  }
}
