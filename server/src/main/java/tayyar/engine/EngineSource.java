package tayyar.engine;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Continuation;
import tayyar.api.Endpoint;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Room;
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
      EnumSet.of(
          Feature.CONTINUE,
          Feature.RESPONSE_FORMAT,
          Feature.TOOLS,
          Feature.LOGPROBS,
          Feature.LOGIT_BIAS,
          Feature.MULTIPLE_CHOICES);

  private final Orders orders;
  private final Scheduler scheduler;
  private final Part.Member fingerprint;
  private final InferenceRequest request;
  private final Room room;
  private final Executor loop;
  private @Nullable Answers answers;

  EngineSource(
      Orders orders,
      Scheduler scheduler,
      Part.Member fingerprint,
      InferenceRequest request,
      Room room,
      Executor loop) {
    this.orders = orders;
    this.scheduler = scheduler;
    this.fingerprint = fingerprint;
    this.request = request;
    this.room = room;
    this.loop = loop;
  }

  @Override
  public void start(Sink sink) {
    ApiError error = check();
    if (error == null && !scheduler.reserve(request.answers())) {
      error = new ApiError.QueueFull();
    }
    if (error != null) {
      sink.failed(error);
      return;
    }
    var its = new Answers(loop, sink, request.answers());
    answers = its;
    Thread.ofVirtual().name("prompt").start(() -> prepare(its, sink));
  }

  private @Nullable ApiError check() {
    for (Feature feature : request.features()) {
      if (SERVED.contains(feature)) {
        continue;
      }
      return new ApiError.UnsupportedByModel(place(feature), request.model());
    }
    ApiError completion = completion();
    if (completion != null) {
      return completion;
    }
    boolean chat = request.endpoint() == Endpoint.CHAT;
    if (chat && request.messages().stream().allMatch(message -> message.content().isBlank())) {
      return new ApiError.EmptyInput("messages");
    }
    if (request.answers() > scheduler.places()) {
      String detail = "must be at most " + scheduler.places() + " for this model.";
      return new ApiError.InvalidValue("n", detail);
    }
    Integer most = request.sampling().maxTokens();
    int context = scheduler.contextTokens();
    return most != null && most > context ? new ApiError.MaxTokensExceeded(most, context) : null;
  }

  private @Nullable ApiError completion() {
    if (!(request.asked() instanceof Asked.Completion(_, _, Continuation its))) {
      return null;
    }
    if (its.best() > its.each()) {
      return new ApiError.UnsupportedByModel("best_of", request.model());
    }
    return its.echo() && its.suffix() != null
        ? new ApiError.InvalidValue("echo", "can't be asked for together with 'suffix'.")
        : null;
  }

  private String place(Feature feature) {
    boolean parts = feature == Feature.MEDIA;
    return parts && request.asked() instanceof Asked.Chat(String media, _, _, _, _)
        ? media
        : feature.param();
  }

  private void prepare(Answers its, Sink sink) {
    List<Generation> made = List.of();
    ApiError error = null;
    try {
      if (!its.unwanted()) {
        made = orders.of(request, room, its);
      }
    } catch (Refused e) {
      error = e.error();
    } catch (Throwable e) {
      Vital.check(e);
      LOG.atError().setCause(e).log("a bug in the making of a prompt");
      error = new ApiError.Internal();
    }
    hand(its, sink, made, error);
  }

  private void hand(Answers its, Sink sink, List<Generation> made, @Nullable ApiError error) {
    loop.execute(
        () -> {
          if (its.unwanted() || made.isEmpty()) {
            scheduler.unreserve(request.answers());
          }
          if (its.unwanted()) {
            return;
          }
          if (made.isEmpty()) {
            sink.failed(error == null ? new ApiError.Internal() : error);
            return;
          }
          sink.part(0, fingerprint);
          scheduler.submit(made);
        });
  }

  @Override
  public void pause() {
    if (answers != null) {
      answers.pause(true);
    }
  }

  @Override
  public void resume() {
    if (answers != null) {
      answers.pause(false);
      scheduler.wake();
    }
  }

  @Override
  public void cancel() {
    if (answers != null && !answers.unwanted()) {
      answers.cancel();
      scheduler.wake();
    }
  }
}
