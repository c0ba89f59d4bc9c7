package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prompts from a file, one a line: plain text, or a JSON object with {@code prompt} (text) or
 * {@code messages} (as the API has them) and, where wanted, {@code max_tokens}.
 */
public final class PromptFile {
  private static final long BYTES_MAX = 1L << 30;
  private static final int BYTES_A_TOKEN = 4;

  private PromptFile() {}

  /**
   * One prompt.
   *
   * @param json the text as the inside of a JSON string, or the array of messages
   * @param isMessages whether it is the array
   * @param tokens an estimate: a quarter of the bytes, at least 1
   * @param answerTokens the longest answer, or 0 where the line says nothing
   */
  public record Prompt(String json, boolean isMessages, int tokens, int answerTokens) {
    static Prompt of(String json, boolean isMessages, int answerTokens) {
      int tokens = Math.max(1, json.getBytes(UTF_8).length / BYTES_A_TOKEN);
      return new Prompt(json, isMessages, tokens, answerTokens);
    }
  }

  /**
   * Reads a file.
   *
   * @throws PlanException where there is no prompt in it or a line can't be read
   */
  public static List<Prompt> read(Path path) {
    try {
      if (Files.size(path) > BYTES_MAX) {
        throw new PlanException("The file '" + path + "' is larger than a gibibyte.");
      }
      return parse(Files.readAllLines(path, UTF_8), path.toString());
    } catch (IOException e) {
      throw new PlanException("The file '" + path + "' can't be read: " + e.getMessage() + ".");
    }
  }

  static List<Prompt> parse(List<String> lines, String name) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("{")) {
        prompts.add(object(line, name + ":" + (i + 1)));
      } else if (!line.isEmpty()) {
        prompts.add(Prompt.of(escaped(line), false, 0));
      }
    }
    if (prompts.isEmpty()) {
      throw new PlanException("There is no prompt in '" + name + "'.");
    }
    return prompts;
  }

  private static String escaped(String text) {
    return new String(JsonString.escape(text), UTF_8);
  }

  private static Prompt object(String line, String where) {
    try {
      JsonNode json = JsonMapper.shared().readTree(line);
      int most = Math.clamp(json.path("max_tokens").asLong(0), 0, Amount.MOST);
      JsonNode messages = json.path("messages");
      if (messages.isArray() && !messages.isEmpty()) {
        return Prompt.of(messages.toString(), true, most);
      }
      if (json.path("prompt").isString()) {
        return Prompt.of(escaped(json.path("prompt").asString()), false, most);
      }
    } catch (JacksonException e) {
      throw new PlanException(where + " is not JSON: " + e.getOriginalMessage() + ".");
    }
    throw new PlanException(where + " has neither 'prompt' nor 'messages'.");
  }
}
