package tayyar.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Ended;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.JsonText;
import tayyar.api.Message;
import tayyar.api.OpenRow;
import tayyar.api.Outcome;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Source;
import tayyar.api.Trace;
import tayyar.api.Usage;
import tayyar.api.Who;
import tayyar.openai.OpenAiClients;
import tayyar.testing.ScriptedReply;

class RelayTest {
  private static final Bounds BOUNDS = Bounds.DEFAULT;
  private static final String ROLE = "\"delta\":{\"role\":\"assistant\",\"content\":\"\"}";

  /** A source that does what the test does. */
  private static final class ScriptedSource implements Source {
    @Nullable Sink sink;
    int pauses;
    int resumes;
    int cancels;

    @Override
    public void start(Sink to) {
      sink = to;
    }

    @Override
    public void pause() {
      pauses++;
    }

    @Override
    public void resume() {
      resumes++;
    }

    @Override
    public void cancel() {
      cancels++;
    }
  }

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ScriptedReply reply = new ScriptedReply(channel);
  private final ScriptedSource source = new ScriptedSource();
  private final List<Ended> ended = new ArrayList<>();
  private Bill bill = Bill.FREE;
  private long now;

  @BeforeEach
  void stopTheClock() {
    channel.freezeTime();
  }

  @AfterEach
  void nothingIsLeft() {
    if (!ended.isEmpty()) {
      assertThat(ended).hasSize(1);
      assertThat(channel.runScheduledPendingTasks()).as("no timer is left").isEqualTo(-1);
      assertThat(source.cancels).as("the source is told").isPositive();
    }
    channel.close();
  }

  private Relay relay(boolean stream, boolean includeUsage) {
    var request =
        new InferenceRequest(
            "m\"odel",
            List.of(new Message(Message.Role.USER, "12345678")),
            stream,
            includeUsage,
            Sampling.NONE,
            List.of(),
            Set.of(),
            new byte[0],
            new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1));
    var who = new Who("req_abc", "key_1", "sk-...f3c7", "openai", 1_000_000, 0, Trace.NONE);
    var relay =
        new Relay(
            source,
            reply,
            new OpenAiClients().answer(request, who, reply, BOUNDS, Room.ENDLESS),
            request,
            who,
            bill,
            OpenRow.NONE,
            BOUNDS,
            channel.eventLoop(),
            () -> now,
            (r, end) -> ended.add(end));
    relay.start();
    return relay;
  }

  private Sink sink() {
    return Objects.requireNonNull(source.sink);
  }

  private void say(String text) {
    add(text);
    sink().flush();
  }

  private void add(String text) {
    byte[] json = JsonText.escape(text);
    sink().delta(0, Kind.CONTENT, json, 0, json.length);
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private Ended end() {
    assertThat(ended).hasSize(1);
    return ended.getFirst();
  }

  @Test
  void aStreamHasRoleTextFinishAndDone() {
    relay(true, false);
    say("Hel\"lo");
    say("\nyou");
    sink().finish(0, FinishReason.STOP);
    sink().usage(new Usage(3, 2, 1, false));
    sink().done();
    String head =
        "data: {\"id\":\"chatcmpl-abc\",\"object\":\"chat.completion.chunk\",\"created\":1000,"
            + "\"model\":\"m\\\"odel\",\"choices\":[{\"index\":0,";
    assertThat(reply.writes)
        .containsExactly(
            head
                + ROLE
                + ",\"finish_reason\":null}]}\n\n"
                + head
                + "\"delta\":{\"content\":\"Hel\\\"lo\"},\"finish_reason\":null}]}\n\n",
            head + "\"delta\":{\"content\":\"\\nyou\"},\"finish_reason\":null}]}\n\n",
            head + "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    assertThat(end().outcome()).isEqualTo(new Outcome.Completed());
    assertThat(end().status()).isEqualTo(200);
    assertThat(end().usage()).isEqualTo(new Usage(3, 2, 1, false));
  }

  @Test
  void usageIsTheLastChunkWhereAskedFor() {
    relay(true, true);
    say("a");
    sink().usage(new Usage(3, 1, 0, false));
    sink().finish(0, FinishReason.LENGTH);
    sink().done();
    assertThat(reply.said())
        .allMatch(event -> event.equals("data: [DONE]") || event.contains(",\"usage\":"))
        .element(3)
        .asString()
        .contains("\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,");
    assertThat(reply.body()).endsWith("data: [DONE]\n\n");
  }

  @Test
  void eventsThatWereThereAtOnceShareOneWrite() {
    relay(true, false);
    add("a");
    add("b");
    sink().flush();
    assertThat(reply.writes).hasSize(1);
    sink().flush();
    assertThat(reply.writes).hasSize(1);
  }

  @Test
  void anEarlyErrorKeepsItsStatus() {
    relay(true, false);
    sink().failed(new ApiError.ContextLengthExceeded("messages", 9, 8, true));
    assertThat(reply.errors)
        .containsExactly(new ApiError.ContextLengthExceeded("messages", 9, 8, true));
    assertThat(reply.headOut).isFalse();
    assertThat(end().status()).isEqualTo(400);
  }

  @Test
  void aLateErrorIsAnEventThenDone() {
    relay(true, false);
    say("a");
    sink().failed(new ApiError.UpstreamFailed("it broke."));
    assertThat(reply.writes.getLast())
        .startsWith("data: {\"error\":{\"message\":")
        .contains("\"type\":\"service_unavailable\",\"param\":null,\"code\":\"upstream_failed\"}}")
        .endsWith("\n\ndata: [DONE]\n\n")
        .doesNotContain("choices");
    assertThat(end().status()).isEqualTo(200);
    assertThat(end().outcome()).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void anEndWithoutFinishReasonIsAnError() {
    relay(true, false);
    say("a");
    sink().done();
    assertThat(reply.body()).contains("\"error\"").doesNotContain("\"stop\"");
    assertThat(end().outcome()).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void anEmptyAnswerIsAnErrorWithItsStatus() {
    relay(true, false);
    sink().done();
    assertThat(reply.errors).hasSize(1);
    assertThat(end().status()).isEqualTo(503);
  }

  @Test
  void theHeadIsOutAfterHeadHold() {
    relay(true, false);
    pass(BOUNDS.of(Deadline.HEAD_HOLD).toMillis() - 1);
    assertThat(reply.headOut).isFalse();
    pass(1);
    assertThat(reply.flushedHead).isTrue();
    assertThat(reply.writes).isEmpty();
    say("a");
    assertThat(reply.writes.getFirst()).contains(ROLE);
  }

  @Test
  void silenceIsFilledWithComments() {
    relay(true, false);
    say("a");
    pass(BOUNDS.of(Deadline.KEEP_ALIVE).toMillis() - 1);
    assertThat(reply.writes).hasSize(1);
    pass(1);
    assertThat(reply.writes.getLast()).isEqualTo(": keep-alive\n\n");
    say("b");
    pass(BOUNDS.of(Deadline.KEEP_ALIVE).toMillis() - 1);
    assertThat(reply.writes).hasSize(3);
  }

  @Test
  void noCommentGoesIntoAnAnswerThatIsNotStreamed() {
    relay(false, false);
    pass(BOUNDS.of(Deadline.KEEP_ALIVE).toMillis() * 3);
    assertThat(reply.writes).isEmpty();
    assertThat(reply.headOut).isFalse();
  }

  @Test
  void aLateFirstTokenIsATimeOutWithStatus() {
    relay(false, false);
    sink().failed(new ApiError.UpstreamTimeout(Outcome.Phase.FIRST_TOKEN));
    assertThat(reply.errors)
        .containsExactly(new ApiError.UpstreamTimeout(Outcome.Phase.FIRST_TOKEN));
    assertThat(end().outcome()).isEqualTo(new Outcome.TimedOut(Outcome.Phase.FIRST_TOKEN));
  }

  @Test
  void aStalledUpstreamIsATimeOutAsAnEvent() {
    relay(true, false);
    say("a");
    sink().failed(new ApiError.UpstreamTimeout(Outcome.Phase.BETWEEN_TOKENS));
    assertThat(reply.body()).contains("upstream_timeout").endsWith("data: [DONE]\n\n");
    assertThat(end().outcome()).isEqualTo(new Outcome.TimedOut(Outcome.Phase.BETWEEN_TOKENS));
  }

  @Test
  void anAnswerMayNotGoOnForever() {
    relay(true, false);
    long most = BOUNDS.of(Deadline.TOTAL).toMillis();
    for (long at = 0; at < most; at += 30_000) {
      say("a");
      pass(30_000);
    }
    assertThat(end().outcome()).isEqualTo(new Outcome.TimedOut(Outcome.Phase.TOTAL));
  }

  @ParameterizedTest
  @CsvSource({"7, 0, 7, 2, true", "0, 5, 2, 5, true", "0, 0, 2, 2, true", "7, 5, 7, 5, false"})
  void aZeroThatCannotBeRightIsGuessed(
      int prompt, int completion, int ourPrompt, int ourCompletion, boolean estimated) {
    relay(true, true);
    say("a");
    say("b");
    sink().finish(0, FinishReason.STOP);
    sink().usage(new Usage(prompt, completion, 0, 0, false, Map.of("reasoning_tokens", 1)));
    sink().done();

    assertThat(end().usage())
        .isEqualTo(
            new Usage(ourPrompt, ourCompletion, 0, 0, estimated, Map.of("reasoning_tokens", 1)));
    assertThat(reply.said())
        .anySatisfy(
            event ->
                assertThat(event)
                    .contains("\"completion_tokens_details\":{\"reasoning_tokens\":1}"));
  }

  @Test
  void whatComesBehindTheNumbersIsAddedToThem() {
    Relay relay = relay(true, true);
    sink().usage(new Usage(9, 1, 0, false));
    say("a");
    say("b");
    say("c");
    relay.clientGone();

    assertThat(end().usage()).isEqualTo(new Usage(9, 3, 0, true));
  }

  @Test
  void soundIsCountedAsTextIs() {
    Relay relay = relay(true, true);
    for (int i = 0; i < 3; i++) {
      sink().part(0, new Part.Member(Part.Member.Place.MESSAGE, "audio", JsonText.escape("1")));
    }
    relay.clientGone();

    assertThat(end().usage()).isEqualTo(new Usage(2, 3, 0, true));
  }

  /** OpenRouter's thoughts. */
  @Test
  void aTextThatIsToldTwiceIsCountedOnce() {
    Relay relay = relay(true, true);
    for (int i = 0; i < 3; i++) {
      say("a");
      sink().part(0, new Part.Member(Part.Member.Place.MESSAGE, "details", JsonText.escape("1")));
    }
    relay.clientGone();

    assertThat(end().usage()).isEqualTo(new Usage(2, 3, 0, true));
  }

  @Test
  void anAnswerWithoutATextHasNoTokens() {
    relay(true, true);
    sink().finish(0, FinishReason.STOP);
    sink().usage(new Usage(7, 0, 0, false));
    sink().done();

    assertThat(end().usage()).isEqualTo(new Usage(7, 0, 0, false));
  }

  @Test
  void aClientThatLeavesStopsTheSource() {
    Relay relay = relay(true, false);
    say("a");
    relay.clientGone();
    assertThat(source.cancels).isPositive();
    assertThat(end().outcome()).isEqualTo(new Outcome.ClientGone());
    assertThat(end().status()).isEqualTo(499);
    assertThat(end().usage()).isEqualTo(new Usage(2, 1, 0, true));
    say("b");
    sink().done();
    assertThat(reply.writes).hasSize(1);
  }

  @Test
  void aClientThatLeavesBeforeTheLastByteWasTakenIsGone() {
    Relay relay = relay(true, false);
    reply.holdLast = true;
    say("a");
    sink().finish(0, FinishReason.STOP);
    sink().done();
    assertThat(ended).isEmpty();
    relay.clientGone();
    Objects.requireNonNull(reply.last).setFailure(new IOException("closed"));
    assertThat(end().outcome()).isEqualTo(new Outcome.ClientGone());
  }

  @Test
  void aSlowReaderGetsItsTextMerged() {
    Relay relay = relay(true, false);
    say("a");
    reply.writable = false;
    reply.waitingBytes = 70_000;
    for (int i = 0; i < 1_000; i++) {
      say("b");
    }
    assertThat(reply.writes).hasSize(1);
    reply.writable = true;
    reply.waitingBytes = 0;
    relay.writabilityChanged();
    assertThat(reply.writes).hasSize(2);
    assertThat(reply.writes.getLast()).contains("\"content\":\"" + "b".repeat(1_000) + "\"");
  }

  @Test
  void aSourceIsPausedWhenTooMuchWaitsAndResumed() {
    Relay relay = relay(true, false);
    reply.writable = false;
    say("x".repeat(BOUNDS.of(Bound.MERGE_BYTES)));
    assertThat(source.pauses).isZero();
    say("y");
    say("z");
    assertThat(source.pauses).isEqualTo(1);
    reply.writable = true;
    relay.writabilityChanged();
    assertThat(source.resumes).isEqualTo(1);
    for (String event : reply.said()) {
      assertThat(event.getBytes(UTF_8).length).isLessThan(16_384);
    }
  }

  @Test
  void aClientThatReadsNothingIsDropped() {
    relay(true, false);
    say("a");
    reply.writable = false;
    reply.waitingBytes = 70_000;
    say("x".repeat(BOUNDS.of(Bound.MERGE_BYTES) + 1));
    pass(BOUNDS.of(Deadline.CLIENT_STALL).toMillis() * 2);
    pass(BOUNDS.of(Deadline.CLIENT_STALL).toMillis());
    assertThat(reply.aborted).isTrue();
    assertThat(end().outcome()).isEqualTo(new Outcome.TimedOut(Outcome.Phase.CLIENT_READ));
  }

  @Test
  void aClientThatDoesNotTakeTheLastBytesIsDropped() {
    relay(true, false);
    reply.holdLast = true;
    say("a");
    sink().finish(0, FinishReason.STOP);
    reply.waitingBytes = 500;
    sink().done();
    pass(BOUNDS.of(Deadline.CLIENT_STALL).toMillis());
    pass(BOUNDS.of(Deadline.CLIENT_STALL).toMillis());
    pass(BOUNDS.of(Deadline.CLIENT_STALL).toMillis());
    assertThat(end().outcome()).isEqualTo(new Outcome.TimedOut(Outcome.Phase.CLIENT_READ));
  }

  @Test
  void aRevokedKeyEndsTheStreamWithAnError() {
    Relay relay = relay(true, false);
    say("a");
    relay.end(new Outcome.Failed(new ApiError.KeyRevoked()));
    assertThat(reply.body()).contains("\"code\":\"key_revoked\"").endsWith("data: [DONE]\n\n");
    assertThat(end().outcome()).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void drainingEndsTheStreamWithAnError() {
    Relay relay = relay(true, false);
    say("a");
    relay.end(new Outcome.Draining());
    assertThat(reply.body()).contains("\"code\":\"draining\"");
    assertThat(end().outcome()).isEqualTo(new Outcome.Draining());
  }

  @Test
  void aWholeAnswerSaysTheSameAsAStream() {
    relay(false, false);
    say("Hel\"lo");
    say("\nyou");
    sink().finish(0, FinishReason.STOP);
    sink().usage(new Usage(3, 2, 0, false));
    sink().done();
    assertThat(reply.writes)
        .containsExactly(
            "{\"id\":\"chatcmpl-abc\",\"object\":\"chat.completion\",\"created\":1000,"
                + "\"model\":\"m\\\"odel\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                + "\"assistant\",\"content\":\"Hel\\\"lo\\nyou\",\"refusal\":null},"
                + "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,"
                + "\"completion_tokens\":2,\"total_tokens\":5,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":0}}}");
  }

  @Test
  void choicesInterleaveAndEachHasItsRoleAndFinish() {
    relay(true, false);
    byte[] a = JsonText.escape("a");
    sink().delta(1, Kind.CONTENT, a, 0, a.length);
    sink().delta(0, Kind.REASONING, a, 0, a.length);
    sink().finish(1, FinishReason.STOP);
    sink().finish(0, FinishReason.LENGTH);
    sink().done();
    assertThat(reply.said())
        .satisfiesExactly(
            e -> assertThat(e).contains("\"index\":1," + ROLE),
            e -> assertThat(e).contains("\"index\":1,\"delta\":{\"content\":\"a\"}"),
            e -> assertThat(e).contains("\"index\":0," + ROLE),
            e -> assertThat(e).contains("\"index\":0,\"delta\":{\"reasoning_content\":\"a\"}"),
            e -> assertThat(e).contains("\"index\":0,\"delta\":{},\"finish_reason\":\"length\""),
            e -> assertThat(e).contains("\"index\":1,\"delta\":{},\"finish_reason\":\"stop\""),
            e -> assertThat(e).isEqualTo("data: [DONE]"));
  }

  @Test
  void gapsAndTimeToFirstTokenAreMeasured() {
    relay(true, false);
    pass(100);
    say("a");
    pass(20);
    say("b");
    pass(20);
    sink().finish(0, FinishReason.STOP);
    sink().done();
    Ended.Timing timing = end().timing();
    assertThat(timing.firstTokenMicros()).isEqualTo(100_000);
    assertThat(timing.gapP50Micros()).isBetween(17_000L, 23_000L);
    assertThat(timing.durationMicros()).isEqualTo(140_000);
  }
}
