package tayyar.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tayyar.api.InferenceRequest;
import tayyar.api.Odds;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sampling;

/** Turns requests into the answers to be made. Safe for use by any thread; takes its time. */
final class Orders {
  private final Prompts prompts;
  private final EngineConfig config;

  Orders(Prompts prompts, EngineConfig config) {
    this.prompts = prompts;
    this.config = config;
  }

  /**
   * The answers to a request, those to one prompt beside each other.
   *
   * @param answers told of all of them
   * @throws Refused if the engine can't make them
   */
  List<Generation> of(InferenceRequest request, Room room, Answers answers) {
    Guide form = prompts.form(request, room);
    Sampler sampler = sampler(request);
    List<Generation> all = new ArrayList<>();
    int[] prompt = prompts.of(request, room, answers::unwanted);
    for (int choice = 0; choice < request.answers(); choice++) {
      all.add(
          new Generation(
              prompt,
              choice == 0 ? null : all.getFirst(),
              request.cacheSalt(),
              sampler.of(choice),
              form == null ? null : form.fresh(),
              Prompts.told(request),
              tokensMax(request.sampling()),
              new TextOut(request.stop()),
              answers,
              choice));
    }
    return all;
  }

  private Sampler sampler(InferenceRequest request) {
    List<Odds.Bias> biases = prompts.biases(request);
    long anySeed = ThreadLocalRandom.current().nextLong();
    return Sampler.of(request.sampling(), config.defaults(), anySeed, biases);
  }

  private int tokensMax(Sampling asked) {
    @Nullable Integer usual = config.defaults().maxTokens();
    Integer most = asked.maxTokens() != null ? asked.maxTokens() : usual;
    return most != null ? most : Integer.MAX_VALUE;
  }
}
