package tayyar.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A run as a JSON file. */
public final class RunFile {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private RunFile() {}

  /**
   * Writes one.
   *
   * @throws PlanException where the file can't be written
   */
  public static void write(Run run, Path path) {
    text(JSON.writeValueAsString(run) + "\n", path);
  }

  /**
   * Writes a text file.
   *
   * @throws PlanException where the file can't be written
   */
  public static void text(String text, Path path) {
    try {
      Files.writeString(path, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new PlanException("The file '" + path + "' can't be written: " + e.getMessage() + ".");
    }
  }

  /**
   * Reads one.
   *
   * @throws PlanException where it can't be read or is none
   */
  public static Run read(Path path) {
    try {
      @Nullable Run run = JSON.readValue(Files.readAllBytes(path), Run.class);
      if (run == null || !Run.FORMAT.equals(run.format()) || run.sides().isEmpty()) {
        throw new PlanException("The file '" + path + "' is no result of tayyar bench.");
      }
      return run;
    } catch (IOException e) {
      throw new PlanException("The file '" + path + "' can't be read: " + e.getMessage() + ".");
    } catch (JacksonException e) {
      throw new PlanException("The file '" + path + "' is no result of tayyar bench.");
    }
  }

  /**
   * The first endpoints of two files as one result; both must have a name of their own.
   *
   * @throws PlanException where one can't be read
   */
  public static Run together(Path first, Path second) {
    Run a = read(first);
    Run b = read(second);
    String nameA = a.sides().getFirst().name();
    String nameB = b.sides().getFirst().name();
    boolean same = nameA.equals(nameB);
    Run.Side sideA = a.sides().getFirst().named(same ? stem(first) : nameA);
    Run.Side sideB = b.sides().getFirst().named(same ? stem(second) : nameB);
    return new Run(a.format(), b.began(), a.setup().apart(), a.generator(), List.of(sideA, sideB));
  }

  /**
   * What was not the same when two runs were made, by the names of the setup's members.
   *
   * @throws PlanException where one can't be read
   */
  public static List<String> differences(Path first, Path second) {
    JsonNode a = JSON.valueToTree(read(first).setup());
    JsonNode b = JSON.valueToTree(read(second).setup());
    return a.propertyNames().stream().filter(name -> !a.path(name).equals(b.path(name))).toList();
  }

  private static String stem(Path path) {
    return String.valueOf(path.getFileName()).replaceAll("\\.json$", "");
  }
}
