package tayyar.engine;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.process.Vital;

/**
 * An answer of the engine. Lives on the stream's event loop; the prompt is made on a virtual
 * thread, the answer on the engine's.
 */
final class EngineSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(EngineSource.class);

  private static final Set<Feature> SERVED =
      EnumSet.of(Feature.CONTINUE, Feature.RESPONSE_FORMAT, Feature.LOGPROBS, Feature.LOGIT_BIAS);

  private final Prompts prompts;
  private final Scheduler scheduler;
  private final EngineConfig config;
  private final InferenceRequest request;
  private final Room room;
  private final Executor loop;
  private @Nullable Generation generation;
  private volatile boolean cancelled;
  private boolean paused;

  EngineSource(
      Prompts prompts,
      Scheduler scheduler,
      EngineConfig config,
      InferenceRequest request,
      Room room,
      Executor loop) {
    this.prompts = prompts;
    this.scheduler = scheduler;
    this.config = config;
    this.request = request;
    this.room = room;
    this.loop = loop;
  }

  @Override
  public void start(Sink sink) {
    ApiError error = check();
    if (error == null && !scheduler.reserve()) {
      error = new ApiError.QueueFull();
    }
    if (error != null) {
      sink.failed(error);
      return;
    }
    Thread.ofVirtual().name("prompt").start(() -> prepare(sink));
  }

  private @Nullable ApiError check() {
    for (Feature feature : request.features()) {
      if (SERVED.contains(feature)) {
        continue;
      }
      return new ApiError.UnsupportedByModel(place(feature), request.model());
    }
    if (request.messages().stream().allMatch(message -> message.content().isBlank())) {
      return new ApiError.EmptyInput("messages");
    }
    Integer most = request.sampling().maxTokens();
    int context = scheduler.contextTokens();
    return most != null && most > context ? new ApiError.MaxTokensExceeded(most, context) : null;
  }

  private String place(Feature feature) {
    boolean parts = feature == Feature.MEDIA;
    return parts && request.asked() instanceof Asked.Chat(String media, _, _, _)
        ? media
        : feature.param();
  }

  private void prepare(Sink sink) {
    Generation made = null;
    ApiError error = null;
    try {
      if (!cancelled) {
        Guide form = prompts.form(request, room);
        made = generation(prompts.of(request, room, () -> cancelled), form, sink);
      }
    } catch (Refused e) {
      error = e.error();
    } catch (Throwable e) {
      Vital.check(e);
      LOG.atError().setCause(e).log("a bug in the making of a prompt");
      error = new ApiError.Internal();
    }
    hand(sink, made, error);
  }

  private Generation generation(int[] prompt, @Nullable Guide form, Sink sink) {
    Sampling asked = request.sampling();
    Integer most = asked.maxTokens() != null ? asked.maxTokens() : config.defaults().maxTokens();
    long anySeed = ThreadLocalRandom.current().nextLong();
    return new Generation(
        prompt,
        request.cacheSalt(),
        Sampler.of(asked, config.defaults(), anySeed, prompts.biases(request)),
        form,
        Prompts.told(request),
        most != null ? most : Integer.MAX_VALUE,
        new TextOut(request.stop()),
        loop,
        sink);
  }

  private void hand(Sink sink, @Nullable Generation made, @Nullable ApiError error) {
    loop.execute(
        () -> {
          if (cancelled || made == null) {
            scheduler.unreserve();
          }
          if (cancelled) {
            return;
          }
          if (made == null) {
            sink.failed(error == null ? new ApiError.Internal() : error);
            return;
          }
          made.paused = paused;
          generation = made;
          scheduler.submit(made);
        });
  }

  @Override
  public void pause() {
    paused = true;
    if (generation != null) {
      generation.paused = true;
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (generation != null) {
      generation.paused = false;
      scheduler.wake();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (generation != null && !generation.cancelled) {
      generation.cancelled = true;
      scheduler.wake();
    }
  }
}
