package tayyar.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.config.Config;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
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

  private record Line(String name, String state, String from) {}

  @Override
  public Integer call() {
    Config config = options.read(console.environment());
    if (catalogue) {
      new Offered(console, config.engine()).print(json);
      return 0;
    }
    List<Path> cached = Ready.fetcher(console).cached();
    List<Line> lines = new ArrayList<>();
    if (!config.asked().isEmpty()) {
      lines.add(new Line(config.asked(), "served", "--model"));
    } else if (config.models().isEmpty()) {
      lines.add(new Line(Ready.DEFAULT_NAME, "served", "the default model"));
    }
    config.models().forEach(model -> lines.add(line(model)));
    cached.forEach(file -> lines.add(new Line(file.getFileName() + "", "fetched", file + "")));
    if (json) {
      var all =
          lines.stream()
              .map(line -> Map.of("name", line.name, "state", line.state, "from", line.from))
              .toList();
      console.out().println(JsonMapper.shared().writeValueAsString(all));
      return 0;
    }
    var table = new Table("NAME", "STATE", "FROM");
    lines.forEach(line -> table.row(line.name, line.state, line.from));
    table.print(console.out());
    return 0;
  }

  private static Line line(ServedModel model) {
    String from =
        switch (model.from()) {
          case From.File file -> file.path().toString();
          case From.Targets targets ->
              String.join(", ", targets.all().stream().map(at -> at.url().toString()).toList());
        };
    return new Line(model.name(), "served", from);
  }
}
