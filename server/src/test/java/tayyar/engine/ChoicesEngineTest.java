package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.ApiError;
import tayyar.api.ErrorFacts;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Odds;
import tayyar.api.Sampling;
import tayyar.api.Source;

/** Several answers of the real model to one prompt. */
@Tag("engine")
final class ChoicesEngineTest {
  private static final String LONG = "Tell me about the sea and the sky above it. ".repeat(20);

  @RegisterExtension final Asker asker = new Asker();

  private static InferenceRequest ask(String text, int answers, double hot, int tokens) {
    return Asker.chat(
        text,
        new Sampling(hot, 1.0, 0, 0.0, 1.0, null, null, 11L, tokens),
        List.of(),
        Set.of(),
        new byte[0],
        new Asked.Chat("", 0, answers),
        Odds.NONE);
  }

  private static List<String> texts(Listener heard, int count) {
    return IntStream.range(0, count).mapToObj(heard::text).toList();
  }

  @Test
  void eachIsDrawnByASeedOfItsOwnThatRepeats() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(3, 256, false))) {
      Listener one = asker.answer(engine, ask("Write a poem.", 3, 1.2, 20));
      Listener two = asker.answer(engine, ask("Write a poem.", 3, 1.2, 20));
      Listener alone = asker.answer(engine, ask("Write a poem.", 1, 1.2, 20));
      assertThat(one.error).isNull();
      assertThat(texts(one, 3)).doesNotHaveDuplicates().doesNotContain("");
      assertThat(texts(two, 3)).isEqualTo(texts(one, 3));
      assertThat(alone.text().substring(0, 12)).isEqualTo(one.text(0).substring(0, 12));
      assertThat(one.reasons().keySet()).containsExactlyInAnyOrder(0, 1, 2);
      assertThat(one.usage.promptTokens()).isEqualTo(alone.usage.promptTokens());
      assertThat(one.usage.completionTokens()).isBetween(21, 60);
    }
  }

  @Test
  void moreThanSlotsComeOneAfterTheOther() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 256, true))) {
      Listener heard = asker.answer(engine, ask("Write a poem.", 7, 1.2, 8));
      assertThat(heard.error).isNull();
      assertThat(texts(heard, 7)).doesNotHaveDuplicates();
      assertThat(heard.reasons().values()).hasSize(7).containsOnly(FinishReason.LENGTH);
      assertThat(heard.usage.completionTokens()).isEqualTo(56);
      Asker.awaitIdle(engine);
    }
  }

  @Test
  void aPromptThatOneHasReadIsWhatTheOthersHave() throws InterruptedException {
    for (boolean caching : new boolean[] {true, false}) {
      try (var engine = Engine.start(EngineParts.config(3, 512, caching))) {
        String alone = asker.answer(engine, ask(LONG, 1, 0, 24)).text();
        asker.answer(engine, ask("Something else.", 3, 0, 4));
        Listener heard = asker.answer(engine, ask(LONG, 5, 0, 24));
        assertThat(texts(heard, 5)).containsOnly(alone);
      }
    }
  }

  @Test
  void theyArePausedAndCancelledTogether() throws Exception {
    try (var engine = Engine.start(EngineParts.config(2, 512, false))) {
      var listener = new Listener();
      Source source = asker.start(engine, ask(LONG, 6, 1, 300), listener);
      Listener.await(listener.tenth);
      asker.loop.submit(source::pause).get();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .during(Duration.ofMillis(300))
          .until(() -> listener.deltas, heard -> heard == listener.deltas);
      int held = listener.deltas;
      assertThat(engine.stats()).isEqualTo(new Engine.Stats(2, 2, 4));
      asker.loop.submit(source::resume).get();
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> listener.deltas > held + 4);
      asker.loop.submit(source::cancel).get();
      Asker.awaitIdle(engine);
      assertThat(listener.over.getCount()).isEqualTo(1);
      assertThat(asker.answer(engine, ask("Hello", 2, 1, 3)).error).isNull();
    }
  }

  @Test
  void eachTakesAPlace() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 512, false))) {
      var listener = new Listener();
      Source source = asker.start(engine, ask(LONG, 18, 1, 300), listener);
      Listener.await(listener.first);
      assertThat(asker.answer(engine, ask("Hello", 1, 1, 3)).error)
          .isEqualTo(new ApiError.QueueFull());
      asker.loop.execute(source::cancel);
      Asker.awaitIdle(engine);
      assertThat(asker.answer(engine, ask("Hello", 18, 1, 3)).error).isNull();
      ErrorFacts never =
          Objects.requireNonNull(asker.answer(engine, ask("Hello", 19, 1, 3)).error).facts();
      assertThat(never.status()).isEqualTo(400);
      assertThat(never.param()).isEqualTo("n");
      Asker.awaitIdle(engine);
    }
  }
}
