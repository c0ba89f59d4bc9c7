package tayyar.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
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
   * Writes a run.
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
   * Reads a run.
   *
   * @throws PlanException where the file can't be read or is no run
   */
  public static Run read(Path path) {
    try {
      @Nullable Run run = JSON.readValue(Files.readAllBytes(path), Run.class);
      if (run == null || !Run.FORMAT.equals(run.format()) || run.sides().isEmpty()) {
        throw new PlanException(
            "The file '" + path + "' is no result of this version's tayyar bench.");
      }
      return run;
    } catch (IOException e) {
      throw new PlanException("The file '" + path + "' can't be read: " + e.getMessage() + ".");
    } catch (JacksonException e) {
      throw new PlanException(
          "The file '" + path + "' is no result of this version's tayyar bench.");
    }
  }
}
