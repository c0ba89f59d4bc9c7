package tayyar.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two results side by side, each with only its first endpoint, under a name of its own. Immutable.
 */
public record TwoRuns(Run first, Run second) {

  /**
   * A setting in which the two runs differ.
   *
   * @param name the setting's name in the file
   */
  public record Difference(String name, String first, String second) {}

  /**
   * Reads two files. Endpoints of the same name get the names of their files.
   *
   * @throws PlanException where a file can't be read
   */
  public static TwoRuns of(Path first, Path second) {
    Run a = RunFile.read(first);
    Run b = RunFile.read(second);
    String nameA = a.sides().getFirst().name();
    String nameB = b.sides().getFirst().name();
    boolean same = nameA.equals(nameB);
    return new TwoRuns(alone(a, same ? stem(first) : nameA), alone(b, same ? stem(second) : nameB));
  }

  private static Run alone(Run run, String name) {
    Run.Side side = run.sides().getFirst().named(name);
    return new Run(run.format(), run.began(), run.setup(), run.generator(), List.of(side));
  }

  private static String stem(Path path) {
    return String.valueOf(path.getFileName()).replaceAll("\\.json$", "");
  }

  /** Compares the second with the first, not in turns. */
  public RunComparison comparison() {
    return RunComparison.of(
        first.sides().getFirst(), second.sides().getFirst(), false, first.setup().seed());
  }

  /** The settings in which the two runs differ. */
  public List<Difference> differences() {
    JsonNode a = JsonMapper.shared().valueToTree(first.setup());
    JsonNode b = JsonMapper.shared().valueToTree(second.setup());
    List<Difference> differences = new ArrayList<>();
    for (String name : a.propertyNames()) {
      if (!a.path(name).equals(b.path(name))) {
        differences.add(new Difference(name, text(a.path(name)), text(b.path(name))));
      }
    }
    return differences;
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }
}
