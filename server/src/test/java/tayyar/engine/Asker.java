package tayyar.engine;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Message;
import tayyar.api.Odds;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Source;

/** Asks engines on a loop of its own, which ends with the test. */
final class Asker implements AfterEachCallback {
  final ExecutorService loop = Executors.newSingleThreadExecutor();

  /** A streamed chat of one question. */
  static InferenceRequest chat(
      String question,
      Sampling sampling,
      List<String> stops,
      Set<Feature> features,
      byte[] body,
      Asked.Chat asked,
      Odds odds) {
    return new InferenceRequest(
        "smollm2-135m",
        List.of(new Message(Message.Role.USER, question)),
        true,
        true,
        sampling,
        stops,
        features,
        body,
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1),
        asked,
        false,
        odds);
  }

  Source start(Engine engine, InferenceRequest request, Room room, Listener listener) {
    Source source = engine.open(request, room, loop);
    loop.execute(() -> source.start(listener));
    return source;
  }

  Source start(Engine engine, InferenceRequest request, Listener listener) {
    return start(engine, request, Room.ENDLESS, listener);
  }

  Listener answer(Engine engine, InferenceRequest request) throws InterruptedException {
    var listener = new Listener();
    start(engine, request, listener);
    listener.awaitOver();
    return listener;
  }

  static void awaitIdle(Engine engine) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> engine.stats().equals(new Engine.Stats(engine.stats().slots(), 0, 0)));
  }

  @Override
  public void afterEach(ExtensionContext test) {
    loop.shutdownNow();
  }
}
