package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.InferenceRequest;
import tayyar.api.Message;
import tayyar.api.Sampling;
import tayyar.api.Source;
import tayyar.testing.TinyModel;

/** Prompts that no slot holds any longer are found in the machine's memory. */
@Tag("engine")
class ShelfEngineTest {
  private static final long ENOUGH = 1L << 30;
  private static final String SEA = "Tell me about the sea and its ships. ".repeat(15);
  private static final String HILLS = "What do you know of hills? Say it. ".repeat(15);
  private static final String RIVERS = "Which rivers run to the north? Name them. ".repeat(15);
  private static final String TEMPLATE =
      "{% for m in messages %}<|im_start|>{{ m['role'] }} {{ m['content'] }}<|im_end|>{% endfor %}";

  @RegisterExtension final Asker asker = new Asker();

  private static Engine start(int slots, boolean caching, long bytes) {
    return Engine.start(EngineParts.config(EngineParts.model(), slots, 1024, caching, bytes));
  }

  private static InferenceRequest ask(String question, String salt) {
    return ask(List.of(new Message(Message.Role.USER, question)), salt, 16);
  }

  /** Asks for what is likeliest; the body holds nothing but the salt, in quotes. */
  private static InferenceRequest ask(List<Message> messages, String salt, int tokens) {
    byte[] body = ("\"" + salt + "\"").getBytes(StandardCharsets.UTF_8);
    return new InferenceRequest(
        "smollm2-135m",
        messages,
        true,
        true,
        new Sampling(0.0, null, null, null, 1.0, null, null, null, tokens),
        List.of(),
        Set.of(),
        body,
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1, 0, body.length));
  }

  private static List<Message> next(String question, Listener answered, String more) {
    return List.of(
        new Message(Message.Role.USER, question),
        new Message(Message.Role.ASSISTANT, answered.text()),
        new Message(Message.Role.USER, more));
  }

  @Test
  void anAnswerIsTheSameWhereverItsPromptWas() throws InterruptedException {
    String computed;
    String inSlot;
    try (var engine = start(1, false, ENOUGH)) {
      computed = asker.answer(engine, ask(SEA, "")).text();
      assertThat(asker.answer(engine, ask(SEA, "")).usage.cachedTokens()).isZero();
      assertThat(engine.shelved()).isEqualTo(new Engine.Shelved(0, 0, 0));
    }
    try (var engine = start(1, true, 0)) {
      var _ = asker.answer(engine, ask(SEA, ""));
      inSlot = asker.answer(engine, ask(SEA, "")).text();
      var _ = asker.answer(engine, ask(HILLS, ""));
      assertThat(asker.answer(engine, ask(SEA, "")).usage.cachedTokens()).isLessThan(64);
      assertThat(engine.shelved()).isEqualTo(new Engine.Shelved(0, 0, 0));
    }
    try (var engine = start(1, true, ENOUGH)) {
      var _ = asker.answer(engine, ask(SEA, ""));
      var _ = asker.answer(engine, ask(HILLS, ""));
      Listener found = asker.answer(engine, ask(SEA, ""));
      assertThat(found.text()).isEqualTo(inSlot).isEqualTo(computed);
      assertThat(found.usage.cachedTokens()).isEqualTo(found.usage.promptTokens() - 1);
      Engine.Shelved shelved = engine.shelved();
      assertThat(shelved.hits()).isEqualTo(1);
      assertThat(shelved.tokens()).isBetween(100L, (long) found.usage.cachedTokens() + 1);
      assertThat(shelved.bytes()).isPositive();
    }
  }

  @Test
  void aConversationGoesOnAfterOthers() throws InterruptedException {
    try (var engine = start(2, true, ENOUGH)) {
      Listener first = asker.answer(engine, ask(SEA, ""));
      for (String other : List.of(HILLS, RIVERS, HILLS + RIVERS)) {
        var _ = asker.answer(engine, ask(other, ""));
      }
      Listener second = asker.answer(engine, ask(next(SEA, first, "And the sky?"), "", 16));
      assertThat(second.usage.cachedTokens())
          .isGreaterThanOrEqualTo(first.usage.promptTokens() - 4)
          .isLessThan(second.usage.promptTokens());
    }
  }

  @Test
  void nobodyIsToldOfAnothersPrompts() throws InterruptedException {
    try (var engine = start(1, true, ENOUGH)) {
      var _ = asker.answer(engine, ask(SEA, "a"));
      assertThat(asker.answer(engine, ask(SEA, "b")).usage.cachedTokens()).isZero();
      assertThat(asker.answer(engine, ask(SEA, "c")).usage.cachedTokens()).isZero();
      assertThat(engine.shelved().hits()).isZero();
      Listener own = asker.answer(engine, ask(SEA, "a"));
      assertThat(own.usage.cachedTokens()).isEqualTo(own.usage.promptTokens() - 1);
      assertThat(engine.shelved().hits()).isEqualTo(1);
    }
  }

  @Test
  void theOldestGoesWhereThereIsNoRoom() throws InterruptedException {
    long each;
    try (var engine = start(1, true, ENOUGH)) {
      each = kept(engine, SEA);
    }
    try (var engine = start(1, true, each * 5 / 2)) {
      var bytes = new ArrayList<Long>();
      for (String question : List.of(SEA, HILLS, RIVERS, SEA, HILLS, HILLS + RIVERS, SEA)) {
        var _ = asker.answer(engine, ask(question, ""));
        bytes.add(engine.shelved().bytes());
      }
      assertThat(bytes).allMatch(held -> held <= each * 5 / 2);
      // Room is for two: of the sea there is one when it comes again, of the last two as well.
      assertThat(engine.shelved().hits()).isBetween(1L, 3L);
    }
    try (var engine = start(1, true, each / 2)) {
      for (String question : List.of(SEA, HILLS, SEA)) {
        assertThat(asker.answer(engine, ask(question, "")).usage.cachedTokens()).isLessThan(64);
      }
      assertThat(engine.shelved()).isEqualTo(new Engine.Shelved(0, 0, 0));
    }
  }

  /** Asks, and waits until what the slot holds is kept beside it. */
  private long kept(Engine engine, String question) throws InterruptedException {
    long before = engine.shelved().bytes();
    var _ = asker.answer(engine, ask(question, ""));
    Awaitility.await().until(() -> engine.shelved().bytes() > before);
    return engine.shelved().bytes();
  }

  @Test
  void whatASlotHoldsIsKeptInSpareTimeWhereNothingElseGoes() throws InterruptedException {
    long each;
    try (var engine = start(1, true, ENOUGH)) {
      each = kept(engine, SEA);
      assertThat(kept(engine, HILLS)).isBetween(each * 3 / 2, each * 5 / 2);
      Listener found = asker.answer(engine, ask(SEA, ""));
      assertThat(found.usage.cachedTokens()).isEqualTo(found.usage.promptTokens() - 1);
      assertThat(engine.shelved().hits()).isEqualTo(1);
    }
    try (var engine = start(1, true, each * 5 / 2)) {
      var _ = kept(engine, SEA);
      long full = kept(engine, HILLS);
      var _ = asker.answer(engine, ask(RIVERS, ""));
      Awaitility.await()
          .during(Duration.ofMillis(200))
          .until(() -> engine.shelved().bytes() == full);
      Listener found = asker.answer(engine, ask(SEA, ""));
      assertThat(found.usage.cachedTokens()).isEqualTo(found.usage.promptTokens() - 1);
      assertThat(engine.shelved().hits()).isEqualTo(1);
    }
  }

  @Test
  void aPromptThatWasNotReadToItsEndIsKeptAsFarAsItWas() throws InterruptedException {
    try (var engine = start(1, true, ENOUGH)) {
      String best = asker.answer(engine, ask(SEA, "")).text();
      var cut = new Listener();
      List<Message> endless = List.of(new Message(Message.Role.USER, HILLS));
      Source source = asker.start(engine, ask(endless, "", 800), cut);
      cut.first.await();
      asker.loop.execute(source::cancel);
      Asker.awaitIdle(engine);
      assertThat(asker.answer(engine, ask(SEA, "")).text()).isEqualTo(best);
      Listener whole = asker.answer(engine, ask(HILLS, ""));
      assertThat(whole.usage.cachedTokens()).isEqualTo(whole.usage.promptTokens() - 1);
      assertThat(engine.shelved().hits()).isEqualTo(2);
    }
  }

  /** Many at once, cancelled at any time, beside those that are not. */
  @Test
  void whoeverLeavesOthersGetTheirAnswers() throws InterruptedException {
    try (var engine = start(2, true, 40L << 20)) {
      String best = asker.answer(engine, ask(SEA, "")).text();
      for (int round = 0; round < 4; round++) {
        var kept = new Listener();
        var left = new Listener();
        var _ = asker.start(engine, ask(round % 2 == 0 ? HILLS : RIVERS, ""), kept);
        Source source = asker.start(engine, ask(RIVERS + round, ""), left);
        if (round % 3 != 0) {
          left.first.await();
        }
        asker.loop.execute(source::cancel);
        kept.awaitOver();
        assertThat(kept.error).isNull();
        Asker.awaitIdle(engine);
        Listener again = asker.answer(engine, ask(SEA, ""));
        assertThat(again.text()).isEqualTo(best);
        assertThat(engine.shelved().bytes()).isLessThanOrEqualTo(40L << 20);
      }
    }
  }

  /** A recurrent memory is one state: it can go on, and can't go back. */
  @Test
  void aMemoryThatCanNotBeCutIsOfUseAsAWholeAlone(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path model = TinyModel.writeRecurrent(folder.resolve("r.gguf"), TEMPLATE);
    try (var plain = Engine.start(EngineParts.config(model, 1, 2048, false, 0));
        var engine = Engine.start(EngineParts.config(model, 1, 2048, true, ENOUGH))) {
      List<Message> sea = List.of(new Message(Message.Role.USER, SEA));
      Listener first = asker.answer(engine, ask(sea, "", 1));
      var _ = asker.answer(engine, ask(HILLS, ""));
      Listener again = asker.answer(engine, ask(sea, "", 1));
      assertThat(again.usage.cachedTokens()).isZero();
      assertThat(engine.shelved().hits()).isZero();
      var _ = asker.answer(engine, ask(HILLS, ""));
      Listener next = asker.answer(engine, ask(next(SEA, first, "And the sky?"), "", 16));
      assertThat(next.usage.cachedTokens()).isEqualTo(first.usage.promptTokens());
      assertThat(engine.shelved().hits()).isEqualTo(1);
      assertThat(next.text())
          .isEqualTo(asker.answer(plain, ask(next(SEA, first, "And the sky?"), "", 16)).text());
    }
  }
}
