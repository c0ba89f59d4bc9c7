package tayyar.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a completion goes on with, as far as a model's engine needs it; an upstream reads the body.
 *
 * @param prompts in the order in which they were sent
 * @param each how many answers there are to each, at least 1
 * @param best how many are made of which those are the best; at least {@code each}
 * @param suffix what stands behind the answer, or null
 * @param echo whether each answer begins with its prompt
 * @param endless whether the client wants no limit of tokens, rather than the usual one
 * @param forms what holds the answers to a form
 */
public record Continuation(
    List<Prompt> prompts,
    int each,
    int best,
    @Nullable String suffix,
    boolean echo,
    boolean endless,
    List<InferenceRequest.Form> forms) {

  /** Copies the lists. */
  public Continuation {
    prompts = List.copyOf(prompts);
    forms = List.copyOf(forms);
  }

  /** One prompt. */
  public sealed interface Prompt {}

  /**
   * A prompt that is text, which is not empty: the inside of a JSON string in the request's body,
   * which stays there until somebody reads it.
   *
   * @param from where it begins
   * @param to behind its end
   */
  public record Words(int from, int to) implements Prompt {
    /** Returns the text. */
    public String of(byte[] body) {
      return JsonText.unescape(body, from, to);
    }
  }

  /**
   * A prompt that is tokens: integers with commas between them in the request's body.
   *
   * @param from where the first begins
   * @param to behind the last one
   */
  public record Numbers(int from, int to) implements Prompt {}
}
