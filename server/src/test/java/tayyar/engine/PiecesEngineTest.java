package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.InferenceRequest;
import tayyar.api.Odds;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Source;

/** A prompt that is alone is read in one piece as large as the batch: whoever comes breaks it. */
@Tag("engine")
final class PiecesEngineTest {
  private static final int BATCH = 1536;

  @RegisterExtension final Asker asker = new Asker();

  private static Engine start() {
    EngineConfig usual = EngineParts.config(2, BATCH, true);
    return Engine.start(
        new EngineConfig(
            usual.natives(),
            usual.model(),
            usual.name(),
            usual.slots(),
            usual.contextTokensPerSlot(),
            usual.threads(),
            BATCH,
            usual.queueMax(),
            usual.prefixCache(),
            usual.promptBytes(),
            usual.defaults()));
  }

  private static InferenceRequest ask(String question) {
    return Asker.chat(
        question,
        new Sampling(0.0, null, null, null, null, null, null, 1L, 3),
        List.of(),
        Set.of(),
        new byte[0],
        new InferenceRequest.Asked.Chat(),
        Odds.NONE);
  }

  private static String longOne(String word) {
    return ("The " + word + " is wide and the boats are slow. ").repeat(110);
  }

  private static void awaitReading(Engine engine) {
    Awaitility.await().until(() -> engine.stats().slotsBusy() == 1);
  }

  @Test
  void whoComesIsNotKeptWaitingByALongPromptWhichIsReadToItsEnd() throws InterruptedException {
    String undisturbed;
    try (var engine = start()) {
      undisturbed = asker.answer(engine, ask(longOne("river"))).text();
    }
    try (var engine = start()) {
      asker.answer(engine, ask("Say hello. ".repeat(20)));
      Asker.awaitIdle(engine);
      var slow = new Listener();
      asker.start(engine, ask(longOne("river")), slow);
      awaitReading(engine);
      Listener quick = asker.answer(engine, ask("Say goodbye."));
      assertThat(quick.error).isNull();
      assertThat(slow.deltas).as("the long prompt is still being read").isZero();
      slow.awaitOver();
      assertThat(slow.error).isNull();
      assertThat(slow.usage.promptTokens()).isGreaterThan(1_000);
      assertThat(slow.text()).isEqualTo(undisturbed);
    }
  }

  @Test
  void aCancellationBreaksTheReadingOff() throws InterruptedException {
    try (var engine = start()) {
      asker.answer(engine, ask("Say hello. ".repeat(20)));
      Asker.awaitIdle(engine);
      Source source = asker.start(engine, ask(longOne("lake")), Room.ENDLESS, new Listener());
      awaitReading(engine);
      asker.loop.execute(source::cancel);
      Asker.awaitIdle(engine);
      Listener again = asker.answer(engine, ask(longOne("lake")));
      assertThat(again.error).isNull();
      assertThat(again.usage.cachedTokens())
          .as("nothing of it was read to the end")
          .isLessThan(100);
    }
  }
}
