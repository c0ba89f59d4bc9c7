package tayyar.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Odds;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.calls.Calling;
import tayyar.calls.Tools;
import tayyar.engine.RawPrompts.Raw;

/** Turns requests into the answers to be made. Safe for use by any thread; takes its time. */
final class Orders {
  /** Tokens of a completion where the client says nothing, as OpenAI has it. */
  private static final Integer COMPLETION_TOKENS = 16;

  private final Prompts prompts;
  private final RawPrompts rawPrompts;
  private final EngineConfig config;

  Orders(LoadedModel model, int contextTokens, EngineConfig config) {
    this.prompts = new Prompts(model, contextTokens);
    this.rawPrompts = new RawPrompts(model, contextTokens);
    this.config = config;
  }

  /**
   * The answers to a request, those to one prompt beside each other.
   *
   * @param answers told of all of them
   * @throws Refused if the engine can't make them
   */
  List<Generation> of(InferenceRequest request, Room room, Answers answers) {
    Tools tools = Tools.of(request);
    Guide form = prompts.form(request, tools, room);
    Sampler sampler = sampler(request);
    List<Generation> all = new ArrayList<>();
    List<Raw> raw = prompts(request, tools, room, answers);
    boolean held = form != null && form.holdsText();
    Calling calling = tools == null ? null : new Calling(prompts.callShape(), tools, held);
    int each = request.answers() / raw.size();
    for (int choice = 0; choice < request.answers(); choice++) {
      Raw prompt = raw.get(choice / each);
      Told told = Prompts.told(request);
      var voice = new Voice(request.stop(), calling, told, choice);
      if (request.features().contains(Feature.CONTINUE)) {
        voice.goOn(request.messages().getLast().content());
      }
      all.add(
          new Generation(
              prompt.tokens(),
              choice % each == 0 ? null : all.get(choice - choice % each),
              request.cacheSalt(),
              sampler.of(choice % each),
              form == null || choice == 0 ? form : form.fresh(),
              told,
              tokensMax(request),
              voice,
              prompt.echo(),
              answers,
              choice));
    }
    return all;
  }

  /**
   * The tokens that a chat's prompt has, also where they are more than the context.
   *
   * @param unwanted whether nobody waits for them any more; then they are of no meaning
   * @throws Refused if there is no prompt, it is too long to be tokenised, or there is no room
   */
  int count(InferenceRequest request, Room room, BooleanSupplier unwanted) {
    return prompts.all(request, Tools.of(request), room, unwanted).length;
  }

  private List<Raw> prompts(
      InferenceRequest request, @Nullable Tools tools, Room room, Answers answers) {
    return request.asked() instanceof Asked.Completion asked
        ? rawPrompts.of(request, asked.its(), room)
        : List.of(new Raw(prompts.of(request, tools, room, answers::unwanted), null));
  }

  private Sampler sampler(InferenceRequest request) {
    List<Odds.Bias> biases = prompts.biases(request);
    long anySeed = ThreadLocalRandom.current().nextLong();
    Ends ends = prompts.ends(request, tokensMax(request));
    return Sampler.of(request.sampling(), config.defaults(), anySeed, biases, ends);
  }

  private int tokensMax(InferenceRequest request) {
    Integer asked = request.sampling().maxTokens();
    Integer most = asked != null ? asked : usualTokens(request);
    return most != null ? most : Integer.MAX_VALUE;
  }

  private @Nullable Integer usualTokens(InferenceRequest request) {
    if (request.asked() instanceof Asked.Completion completion) {
      return completion.its().endless() ? null : COMPLETION_TOKENS;
    }
    return config.defaults().maxTokens();
  }
}
