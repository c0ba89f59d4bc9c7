package tayyar.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Continuation;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.Refused;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the fields that a completion alone has. */
final class CompletionFields {
  /** Choices of one answer, over all its prompts. */
  private static final int CHOICES_MAX = 128;

  private final JsonParser p;
  private final Inputs prompts;
  private int each = 1;
  private int best = 1;
  private @Nullable String suffix;
  private boolean echo;

  /** Reads nothing yet. */
  CompletionFields(JsonParser p) {
    this.p = p;
    this.prompts = Inputs.kept(p, "prompt", CHOICES_MAX);
  }

  /** Reads the field of this name; false if it is none of a completion. */
  boolean read(String name, JsonToken value) {
    switch (name) {
      case "prompt" -> prompts.read(value);
      case "n" -> each = count(name);
      case "best_of" -> best = count(name);
      case "suffix" -> suffix = Values.string(p, name);
      case "echo" -> echo = Values.bool(p, name);
      default -> {
        return false;
      }
    }
    return true;
  }

  private int count(String name) {
    Integer asked = Values.integer(p, name, 1, CHOICES_MAX);
    return asked == null ? 1 : asked;
  }

  /** The last prompt that is text; empty where there is none. */
  String text() {
    return prompts.text();
  }

  /**
   * All that was read.
   *
   * @param endless whether no limit of tokens is wanted
   * @param forms what holds the answers to a form
   * @throws Refused if there is no prompt, or more answers are wanted than there can be
   */
  Asked.Completion asked(boolean endless, List<Form> forms) {
    if (prompts.count() == 0) {
      throw new Refused(new ApiError.EmptyInput("prompt"));
    }
    int made = Math.max(each, best);
    if (prompts.count() * made > CHOICES_MAX) {
      String detail = "and prompts make more than " + CHOICES_MAX + " answers.";
      throw Values.wrong(best > each ? "best_of" : "n", detail);
    }
    String behind = suffix == null || suffix.isEmpty() ? null : suffix;
    var all = new Continuation(prompts.prompts(), each, made, behind, echo, endless, forms);
    return new Asked.Completion(prompts.bytes(), prompts.count() * made, all);
  }
}
