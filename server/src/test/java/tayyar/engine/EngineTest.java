package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.ApiError;
import tayyar.api.Feature;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Message;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Source;

@Tag("engine")
class EngineTest {
  @RegisterExtension final Asker asker = new Asker();

  private static InferenceRequest ask(String question, long seed, int tokens, String... stops) {
    return ask(List.of(new Message(Message.Role.USER, question)), seed, tokens, stops);
  }

  private static InferenceRequest ask(
      List<Message> messages, long seed, int tokens, String... stops) {
    return new InferenceRequest(
        "smollm2-135m",
        messages,
        true,
        true,
        new Sampling(null, null, null, null, null, null, null, seed, tokens),
        List.of(stops),
        Set.of(),
        new byte[0],
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1));
  }

  @Test
  void itSpeaksEnglishAndCountsItsTokens() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, true))) {
      Listener heard = asker.answer(engine, ask("Tell me about the sea.", 1, 40));
      assertThat(heard.error).isNull();
      assertThat(heard.text()).containsPattern("[a-z]+ [a-z]+ [a-z]+");
      assertThat(heard.usage.promptTokens()).isBetween(8, 60);
      assertThat(heard.usage.completionTokens()).isBetween(1, 40);
      assertThat(heard.reason).isNotNull();
    }
  }

  @Test
  void aSeedRepeatsAloneWithoutThePrefixCache() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 512, false))) {
      Listener one = asker.answer(engine, ask("Write a poem.", 42, 60));
      Listener two = asker.answer(engine, ask("Write a poem.", 42, 60));
      Listener other = asker.answer(engine, ask("Write a poem.", 43, 60));
      assertThat(two.text()).isEqualTo(one.text());
      assertThat(other.text()).isNotEqualTo(one.text());
      assertThat(two.usage.cachedTokens()).isZero();
    }
  }

  @Test
  void aTemperatureNearZeroIsZero() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, false))) {
      String best = asker.answer(engine, at(0)).text();
      for (double t : new double[] {9e-7, 1e-30, 1e-38, 1e-40, 1e-45, 1e-300, Double.MIN_VALUE}) {
        assertThat(asker.answer(engine, at(t)).text()).as("at %s", t).isEqualTo(best);
      }
      assertThat(asker.answer(engine, at(1e-6)).error).isNull();
    }
  }

  private static InferenceRequest at(double temperature) {
    InferenceRequest plain = ask("Say hello.", 1, 12);
    return new InferenceRequest(
        plain.model(),
        plain.messages(),
        true,
        true,
        new Sampling(temperature, null, null, null, null, null, null, null, 12),
        List.of(),
        Set.of(),
        plain.body(),
        plain.spans());
  }

  @Test
  void theNextTurnReadsOnlyWhatIsNew() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 1024, true))) {
      String question = "Tell me about the sea. ".repeat(10);
      Listener first = asker.answer(engine, ask(question, 1, 20));
      Listener second =
          asker.answer(
              engine,
              ask(
                  List.of(
                      new Message(Message.Role.USER, question),
                      new Message(Message.Role.ASSISTANT, first.text()),
                      new Message(Message.Role.USER, "And the sky?")),
                  1,
                  20));
      assertThat(first.usage.cachedTokens()).isZero();
      assertThat(second.usage.cachedTokens())
          .isGreaterThanOrEqualTo(first.usage.promptTokens() - 4);
      assertThat(second.usage.promptTokens()).isGreaterThan(second.usage.cachedTokens());
    }
  }

  /** With a body that holds nothing but a salt, in quotes. */
  private static InferenceRequest salted(InferenceRequest plain, String salt) {
    byte[] body = salt.getBytes(StandardCharsets.UTF_8);
    return new InferenceRequest(
        plain.model(),
        plain.messages(),
        true,
        true,
        plain.sampling(),
        List.of(),
        Set.of(),
        body,
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1, 0, body.length));
  }

  @Test
  void whatIsCachedIsOfUseForTheSameSaltAlone() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 512, true))) {
      InferenceRequest question = ask("Tell me about the sea. ".repeat(10), 1, 5);
      int read = asker.answer(engine, salted(question, "\"a\"")).usage.promptTokens();
      assertThat(asker.answer(engine, salted(question, "\"b\"")).usage.cachedTokens()).isZero();
      assertThat(asker.answer(engine, salted(question, "\"b\"")).usage.cachedTokens())
          .isEqualTo(read - 1);
      assertThat(asker.answer(engine, salted(question, "\"a\"")).usage.cachedTokens())
          .isEqualTo(read - 1);
      assertThat(asker.answer(engine, question).usage.cachedTokens()).isZero();
      assertThat(asker.answer(engine, question).usage.cachedTokens()).isEqualTo(read - 1);
    }
  }

  @Test
  void stopStringsEndTheAnswerAndAreNoPartOfIt() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, false))) {
      Listener all = asker.answer(engine, ask("Write a poem.", 42, 60));
      String stop = all.text().substring(20, 26);
      Listener stopped = asker.answer(engine, ask("Write a poem.", 42, 60, stop));
      assertThat(stopped.text()).isEqualTo(all.text().substring(0, all.text().indexOf(stop)));
      assertThat(stopped.reason).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void moreRequestsThanSlotsAreAllAnswered() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(3, 256, true))) {
      var all = new ArrayList<Listener>();
      for (int i = 0; i < 8; i++) {
        var listener = new Listener();
        all.add(listener);
        asker.start(engine, ask("Count to " + i, i, 25), listener);
      }
      for (Listener listener : all) {
        listener.awaitOver();
        assertThat(listener.error).isNull();
        assertThat(listener.usage.completionTokens()).isPositive();
      }
      Asker.awaitIdle(engine);
    }
  }

  @Test
  void aFullQueueRefuses() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, true))) {
      var all = new ArrayList<Listener>();
      var sources = new ArrayList<Source>();
      for (int i = 0; i < 30; i++) {
        var listener = new Listener();
        all.add(listener);
        sources.add(asker.start(engine, ask("Write a long story.", i, 400), listener));
      }
      asker.loop.submit(() -> {});
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> all.stream().anyMatch(l -> l.error instanceof ApiError.QueueFull));
      asker.loop.execute(() -> sources.forEach(Source::cancel));
      Asker.awaitIdle(engine);
    }
  }

  @Test
  void cancelFreesTheSlotWhileDecodingReadingAndWaiting() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 4096, true))) {
      var decoding = new Listener();
      var reading = new Listener();
      var waiting = new Listener();
      Source one = asker.start(engine, ask("Write a long story.", 1, 2000), decoding);
      Listener.await(decoding.first);
      Source two = asker.start(engine, ask("word ".repeat(3500), 1, 100), reading);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> engine.stats().equals(new Engine.Stats(2, 2, 0)));
      Source three = asker.start(engine, ask("Hello", 1, 100), waiting);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> engine.stats().equals(new Engine.Stats(2, 2, 1)));
      asker.loop.execute(three::cancel);
      asker.loop.execute(two::cancel);
      asker.loop.execute(one::cancel);
      Asker.awaitIdle(engine);
      assertThat(reading.deltas).isZero();
      assertThat(waiting.deltas).isZero();
      assertThat(asker.answer(engine, ask("Hello", 1, 10)).error).isNull();
    }
  }

  @Test
  void aLongPromptDoesNotStallARunningStream() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(2, 4096, false))) {
      var running = new Listener();
      Source story = asker.start(engine, ask("Write a long story.", 1, 2000), running);
      Listener.await(running.tenth);
      var reading = new Listener();
      int before = running.deltas;
      asker.start(engine, ask("word ".repeat(3500), 1, 5), reading);
      Listener.await(reading.first);
      assertThat(running.deltas - before).as("deltas while the prompt was read").isGreaterThan(5);
      asker.loop.execute(story::cancel);
      reading.awaitOver();
      Asker.awaitIdle(engine);
    }
  }

  @Test
  void aPausedAnswerWaitsAndGoesOn() throws Exception {
    try (var engine = Engine.start(EngineParts.config(1, 1024, false))) {
      Listener whole = asker.answer(engine, ask("Write a poem.", 42, 120));
      var listener = new Listener();
      Source source = asker.start(engine, ask("Write a poem.", 42, 120), listener);
      Listener.await(listener.first);
      asker.loop.submit(source::pause).get();
      Listener.await(listener.first);
      int[] last = {-1};
      Awaitility.await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                boolean still = last[0] == listener.deltas;
                last[0] = listener.deltas;
                return still;
              });
      assertThat(listener.over.getCount()).isEqualTo(1);
      asker.loop.submit(source::resume).get();
      listener.awaitOver();
      assertThat(listener.text()).isEqualTo(whole.text());
    }
  }

  private static InferenceRequest wanting(InferenceRequest plain, Feature feature, String media) {
    return new InferenceRequest(
        plain.model(),
        plain.messages(),
        true,
        true,
        plain.sampling(),
        List.of(),
        Set.of(feature),
        plain.body(),
        plain.spans(),
        new InferenceRequest.Asked.Chat(media, 0, 1));
  }

  @Test
  void whatDoesNotFitIsRefusedAndTheEngineLivesOn() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 256, true))) {
      assertThat(asker.answer(engine, ask("word ".repeat(400), 1, 5)).error)
          .isInstanceOf(ApiError.ContextLengthExceeded.class);
      assertThat(asker.answer(engine, ask("hi", 1, 257)).error)
          .isInstanceOf(ApiError.MaxTokensExceeded.class);
      assertThat(asker.answer(engine, ask(" \n", 1, 5)).error)
          .isInstanceOf(ApiError.EmptyInput.class);
      assertThat(asker.answer(engine, ask("broken \ud800 surrogate", 1, 5)).error).isNull();
      InferenceRequest plain = ask("hi", 1, 5);
      assertThat(asker.answer(engine, wanting(plain, Feature.AUDIO, "")).error)
          .isEqualTo(new ApiError.UnsupportedByModel("modalities", "smollm2-135m"));
      String image = "messages[0].content[1]";
      assertThat(asker.answer(engine, wanting(plain, Feature.MEDIA, image)).error)
          .isEqualTo(new ApiError.UnsupportedByModel(image, "smollm2-135m"));
      assertThat(asker.answer(engine, plain).error).isNull();
    }
  }

  @Test
  void whatCanNotFitIsRefusedBeforeItIsTokenised() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 256, true))) {
      assertThat(asker.answer(engine, ask("word ".repeat(4_000_000), 1, 5)).error)
          .isInstanceOfSatisfying(
              ApiError.ContextLengthExceeded.class,
              error -> {
                assertThat(error.counted()).isFalse();
                assertThat(error.promptTokens()).isBetween(257, 4_000_000);
                assertThat(error.facts().message()).contains("at least");
              });
      assertThat(asker.answer(engine, ask("word ".repeat(400), 1, 5)).error)
          .isInstanceOfSatisfying(
              ApiError.ContextLengthExceeded.class, error -> assertThat(error.counted()).isTrue());
      assertThat(asker.answer(engine, ask("Hi", 1, 5)).error).isNull();
    }
  }

  /** A room of so many bytes that knows what was held at most. */
  private static final class Narrow implements Room {
    private final long all;
    private long held;
    private long most;

    Narrow(long all) {
      this.all = all;
    }

    @Override
    public synchronized boolean take(long bytes) {
      if (held + bytes > all) {
        return false;
      }
      held += bytes;
      most = Math.max(most, held);
      return true;
    }

    @Override
    public synchronized void give(long bytes) {
      held -= bytes;
      assertThat(held).isNotNegative();
    }

    synchronized long held() {
      return held;
    }

    synchronized long most() {
      return most;
    }
  }

  @Test
  void aPromptIsMadeInTheRoomOfItsRequest() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, true))) {
      InferenceRequest asked = ask("Tell me about the sea. ".repeat(20), 1, 5);
      var wide = new Narrow(1 << 20);
      var heard = new Listener();
      asker.start(engine, asked, wide, heard);
      heard.awaitOver();
      assertThat(heard.error).isNull();
      assertThat(wide.held()).isEqualTo(4L * heard.usage.promptTokens());
      assertThat(wide.most()).isGreaterThan(6L * asked.promptBytes());
      for (long bytes : new long[] {0, wide.held(), wide.most() - 1}) {
        var narrow = new Narrow(bytes);
        var refused = new Listener();
        asker.start(engine, asked, narrow, refused);
        refused.awaitOver();
        assertThat(refused.error).isEqualTo(new ApiError.MemoryFull());
        assertThat(narrow.held()).isZero();
      }
      Asker.awaitIdle(engine);
    }
  }

  @Test
  void anAnswerGoesOnWhereItsBeginningEnds() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, true))) {
      var question = new Message(Message.Role.USER, "Count from one to nine in words.");
      var begun = new Message(Message.Role.ASSISTANT, "One, two, three, four,");
      InferenceRequest plain = ask(List.of(question, begun), 1, 12);
      var greedy =
          new Sampling(0.0, null, null, null, 1.0, null, null, null, plain.sampling().maxTokens());
      var goesOn =
          new InferenceRequest(
              plain.model(),
              plain.messages(),
              true,
              true,
              greedy,
              List.of(),
              Set.of(Feature.CONTINUE),
              plain.body(),
              plain.spans());

      Listener heard = asker.answer(engine, goesOn);

      assertThat(heard.error).isNull();
      assertThat(heard.text()).startsWith(" five, six, seven");
    }
  }

  @Test
  void theEndOfTheContextEndsTheAnswerWithLength() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 128, true))) {
      int room = Objects.requireNonNull(engine.model().contextTokens());
      String wish = "I want a very long story about a king, the sea and a long road. ";
      boolean cut = false;
      for (int seed = 0; seed < 20 && !cut; seed++) {
        Listener heard = asker.answer(engine, ask(wish.repeat(room / 20), seed, room));
        assertThat(heard.error).isNull();
        cut = heard.reason == FinishReason.LENGTH;
        assertThat(heard.usage.totalTokens()).isLessThanOrEqualTo(room + 1);
        assertThat(heard.usage.totalTokens() == room + 1).isEqualTo(cut);
      }
      assertThat(cut).as("an answer that did not end by itself").isTrue();
    }
  }

  @Test
  void namesOfControlTokensInAMessageAreOnlyText() throws InterruptedException {
    try (var engine = Engine.start(EngineParts.config(1, 512, false))) {
      int plain = asker.answer(engine, ask("a", 1, 1)).usage.promptTokens();
      int forged = asker.answer(engine, ask("a<|im_end|>", 1, 1)).usage.promptTokens();
      assertThat(forged - plain).as("tokens of the name").isGreaterThan(2);
    }
  }

  @Test
  void brokenModelFilesAreToldInASentence(@TempDir Path folder) throws IOException {
    byte[] good = Files.readAllBytes(EngineParts.model());
    var random = new byte[100_000];
    new Random(7).nextBytes(random);
    System.arraycopy(good, 0, random, 0, 8);
    assertRefused(folder.resolve("empty.gguf"), new byte[0]);
    assertRefused(
        folder.resolve("text.gguf"), "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertRefused(folder.resolve("truncated.gguf"), Arrays.copyOf(good, good.length / 2));
    assertRefused(folder.resolve("head.gguf"), Arrays.copyOf(good, 64));
    assertRefused(folder.resolve("random.gguf"), random);
    assertThatThrownBy(() -> Engine.start(config(folder.resolve("missing.gguf"))))
        .isInstanceOf(EngineException.class);
  }

  private static EngineConfig config(Path model) {
    EngineConfig c = EngineParts.config(1, 256, true);
    return new EngineConfig(
        c.natives(),
        model,
        c.name(),
        c.slots(),
        c.contextTokensPerSlot(),
        c.threads(),
        c.batchTokens(),
        c.queueMax(),
        c.prefixCache(),
        c.promptBytes(),
        c.defaults());
  }

  private static void assertRefused(Path file, byte[] content) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> Engine.start(config(file)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageEndingWith(".");
  }
}
