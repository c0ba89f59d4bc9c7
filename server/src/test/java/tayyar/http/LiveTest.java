package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.Ended;
import tayyar.api.InferenceRequest;
import tayyar.api.Message;
import tayyar.api.OpenRow;
import tayyar.api.Outcome;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Trace;
import tayyar.api.Who;
import tayyar.openai.OpenAiClients;
import tayyar.stream.Relay;
import tayyar.testing.ScriptedReply;

/** The requests under way, on one event loop that the test drives. */
final class LiveTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Silent source = new Silent();
  private final List<Ended> ended = new ArrayList<>();
  private final Live live = new Live();

  /** Says nothing. */
  private static final class Silent implements Source {
    private boolean cancelled;

    @Override
    public void start(Sink to) {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /** As the handler of a request does it. */
  private void begin() {
    var request =
        new InferenceRequest(
            "a-model",
            List.of(new Message(Message.Role.USER, "Hi")),
            true,
            false,
            Sampling.NONE,
            List.of(),
            Set.of(),
            new byte[0],
            new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1));
    var who = new Who("req_1", "key_1", "sk-...f3c7", "openai", 1_000_000, 0, Trace.NONE);
    var reply = new ScriptedReply(channel);
    var relay =
        new Relay(
            source,
            reply,
            new OpenAiClients().answer(request, who, reply, Bounds.DEFAULT, Room.ENDLESS),
            request,
            who,
            Bill.FREE,
            OpenRow.NONE,
            Bounds.DEFAULT,
            channel.eventLoop(),
            () -> 0,
            (done, end) -> {
              ended.add(end);
              live.remove(done);
            });
    live.add(relay);
    relay.start();
    channel.runPendingTasks();
  }

  private void assertDrained() {
    channel.runPendingTasks();
    assertThat(ended).extracting(Ended::outcome).containsExactly(new Outcome.Draining());
    assertThat(source.cancelled).isTrue();
    assertThat(live.count()).isZero();
  }

  @Test
  void allEndOnceTheGraceIsOver() {
    begin();
    assertThat(live.count()).isEqualTo(1);
    assertThat(ended).isEmpty();
    live.drain();
    assertDrained();
  }

  /** It waited for its balance, or a thread read its body. */
  @Test
  void oneThatBeginsLaterEndsAtOnce() {
    live.drain();
    begin();
    assertDrained();
  }

  @Test
  void onlyTheKeysThatAreVoidEnd() {
    begin();
    live.end(Map.of("key_2", new ApiError.KeyRevoked()));
    channel.runPendingTasks();
    assertThat(ended).isEmpty();
    var fault = new ApiError.KeyRevoked();
    live.end(Map.of("key_1", fault));
    channel.runPendingTasks();
    assertThat(ended).extracting(Ended::outcome).containsExactly(new Outcome.Failed(fault));
    assertThat(live.count()).isZero();
  }
}
