package tayyar;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Model;
import tayyar.engine.Engine;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines between a worker and its gateway, a JSON object each; see {@link
 * tayyar.upstream.Worker}.
 */
final class WorkerLines {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private WorkerLines() {}

  static String alive() {
    return JSON.writeValueAsString(Map.of("alive", true));
  }

  static String ready(Model model) {
    var ready = new LinkedHashMap<String, Object>();
    if (model.contextTokens() != null) {
      ready.put("context", model.contextTokens());
    }
    return JSON.writeValueAsString(Map.of("ready", ready));
  }

  static String stats(Engine.Stats stats, Engine.Shelved prompts) {
    return JSON.writeValueAsString(
        Map.of(
            "stats",
            Map.of(
                "slots", stats.slots(),
                "slots_busy", stats.slotsBusy(),
                "queued", stats.queued(),
                "prompt_hits", prompts.hits(),
                "prompt_tokens", prompts.tokens(),
                "prompt_bytes", prompts.bytes())));
  }

  static String fatal(String sentence) {
    return JSON.writeValueAsString(Map.of("fatal", sentence));
  }

  /** The threads that a line of the gateway's gives to the worker; 0 where it gives none. */
  static int threads(String line) {
    try {
      return Math.max(0, JSON.readTree(line).path("threads").asInt(0));
    } catch (JacksonException e) {
      return 0;
    }
  }

  /** Whether the gateway says that it ends the worker in good order. */
  static boolean isBye(String line) {
    try {
      return JSON.readTree(line).path("bye").asBoolean(false);
    } catch (JacksonException e) {
      return false;
    }
  }

  /** The model with what its worker said of it. */
  static Model model(Model model, @Nullable JsonNode ready) {
    if (ready == null) {
      return model;
    }
    JsonNode context = ready.path("context");
    return new Model(
        model.id(),
        model.created(),
        model.ownedBy(),
        context.isInt() ? context.asInt() : null,
        model.defaults(),
        model.aliases(),
        model.endpoints(),
        model.languages());
  }
}
