package tayyar.cli;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Says which Tayyar this is. */
@Command(
    name = "version",
    description = "Says which version this is.",
    footer = {"", "Example: tayyar version --json"})
final class VersionCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String version =
        Objects.requireNonNullElse(
            VersionCommand.class.getPackage().getImplementationVersion(), "unpackaged");
    String java = String.valueOf(Runtime.version());
    console
        .out()
        .println(
            json
                ? JsonMapper.shared().writeValueAsString(Map.of("tayyar", version, "java", java))
                : "Tayyar " + version + ", Java " + java);
    return 0;
  }
}
