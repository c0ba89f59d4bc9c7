package tayyar.upstream;

import org.jspecify.annotations.Nullable;
import tayyar.api.Choices;
import tayyar.api.InferenceRequest;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.Continuing;

/**
 * The state of an answer over all its tries: the choices that have begun and ended, and the rest
 * that is left to ask. Used on one event loop.
 */
final class Answered {
  private final Choices choices = new Choices();
  private final Unfinished unfinished;

  /**
   * Creates the state of an answer that has not begun.
   *
   * @param continues whether the model's answers may be continued
   * @param room the memory for the text so far, which another target would continue
   */
  Answered(Continuing continuing, InferenceRequest request, boolean continues, Room room) {
    this.unfinished = new Unfinished(continuing, request, continues, room);
  }

  Choices choices() {
    return choices;
  }

  void delta(int choice, Kind kind, byte[] json, int from, int to) {
    choices.begin(choice);
    unfinished.delta(choice, kind, json, from, to);
  }

  void part(int choice, Part part) {
    switch (part) {
      case ToolCall _, Part.Native _ -> {
        choices.begin(choice);
        unfinished.unspoken();
      }
      case Part.Member(Part.Member.Place place, _, _) -> {
        if (place != Part.Member.Place.ANSWER) {
          choices.begin(choice);
          unfinished.unspoken();
        }
      }
      case Part.Vector _ -> choices.end(choice);
      case Part.Logprobs _ -> choices.begin(choice);
    }
  }

  /** See {@link Unfinished#usage}. */
  Usage usage(Usage its) {
    return unfinished.usage(its);
  }

  /** See {@link Unfinished#untold}. */
  @Nullable Usage untold() {
    return unfinished.untold();
  }

  /** See {@link Unfinished#rest}. */
  InferenceRequest rest() {
    return unfinished.rest();
  }

  /** Whether another target can continue the answer after a try that broke off. */
  boolean goesOn() {
    return !choices.anyEnded() && unfinished.brokeOff();
  }

  /** See {@link Unfinished#isFull}. */
  boolean isFull() {
    return unfinished.isFull();
  }
}
