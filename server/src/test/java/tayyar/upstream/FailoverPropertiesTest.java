package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Message;
import tayyar.api.Model;
import tayyar.api.Outcome.Phase;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.api.Trace;
import tayyar.api.Usage;
import tayyar.openai.OpenAiTargets;
import tayyar.routing.Fleet;
import tayyar.routing.LeastInFlight;
import tayyar.routing.Router;
import tayyar.routing.Streams;
import tayyar.testing.Cases;
import tayyar.testing.Gates;
import tayyar.testing.QuietSink;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * In any order of events at targets, clients and clocks, each client gets the beginning of the
 * right answer, no token twice and none missing, and at most one end; nothing is held afterwards.
 */
class FailoverPropertiesTest {
  private static final int TOKENS = 8;
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(4), Duration.ofSeconds(2), Duration.ofMinutes(5));

  @Test
  void nothingIsLostAndNothingIsSaidTwice() {
    Cases.times(500, random -> new Run(random).play(150));
  }

  /** A target's answer, driven by the test. */
  private static final class Scripted implements Source {
    private final List<Scripted> all;
    private final boolean failsAtOnce;
    private int next;
    private int from;
    private @Nullable Sink sink;
    private boolean over;

    Scripted(List<Scripted> all, InferenceRequest rest, boolean failsAtOnce) {
      this.all = all;
      this.failsAtOnce = failsAtOnce;
      JsonNode body = JsonMapper.shared().readTree(rest.body());
      if (body.path("continue_final_message").asBoolean(false)) {
        String begun = body.path("messages").path(1).path("content").asString();
        next = (int) begun.chars().filter(c -> c == ' ').count();
        assertThat(begun).isEqualTo(said(next));
      }
      from = next;
    }

    @Override
    public void start(Sink to) {
      sink = to;
      all.add(this);
      if (failsAtOnce) {
        fail(new ApiError.UpstreamFailed("it was told to."));
      }
    }

    void speak(RandomGenerator random) {
      Sink to = sink;
      if (over || to == null || next == TOKENS) {
        return;
      }
      byte[] text = ("w" + next + " ").getBytes(UTF_8);
      next++;
      to.delta(0, Sink.Kind.CONTENT, text, 0, text.length);
      if (random.nextBoolean()) {
        to.usage(new Usage(5 + from, next - from, 0, false));
      }
      to.flush();
    }

    void end() {
      Sink to = sink;
      if (over || to == null) {
        return;
      }
      over = true;
      if (next == TOKENS) {
        to.finish(0, FinishReason.STOP);
        to.usage(new Usage(5 + from, next - from, 0, false));
      }
      to.done();
    }

    void fail(ApiError error) {
      if (!over && sink != null) {
        over = true;
        sink.failed(error);
      }
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void cancel() {
      over = true;
    }
  }

  /** A client: checks what it gets. */
  private static final class Client extends QuietSink {
    private final StringBuilder content = new StringBuilder();
    private int attempts;
    private int ends;
    private int finishes;
    private boolean good;
    private Usage usage = Usage.NONE;

    @Override
    public void attempt(Attempt attempt) {
      assertThat(attempt.number()).isEqualTo(++attempts);
    }

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      assertThat(ends + finishes).isZero();
      content.append(new String(json, from, to - from, UTF_8));
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      finishes++;
    }

    @Override
    public void usage(Usage its) {
      usage = its;
    }

    @Override
    public void done() {
      ends++;
      good = true;
    }

    @Override
    public void failed(ApiError error) {
      ends++;
    }
  }

  private static String said(int tokens) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens; i++) {
      text.append("w").append(i).append(' ');
    }
    return text.toString();
  }

  private record Asked(Failover failover, Client client) {}

  private static final class Run {
    private final RandomGenerator random;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Scripted> sources = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<Client> gone = new ArrayList<>();
    private final Router router;
    private long now = 1_000_000_000_000L;

    Run(RandomGenerator random) {
      this.random = random;
      channel.freezeTime();
      List<String> fallback = random.nextBoolean() ? List.of("n") : List.of();
      var m = served("m", fallback, target("a"), target("b"), target("c"));
      router = new Router(new Fleet(List.of(m, served("n", List.of(), target("d")))), () -> now);
    }

    private Fleet.Served served(String name, List<String> fallback, Target... targets) {
      List<Fleet.Member> members = new ArrayList<>();
      for (Target target : targets) {
        members.add(new Fleet.Member(target, 1, random.nextInt(3)));
      }
      var rules =
          new Fleet.Rules(
              new LeastInFlight(),
              fallback,
              2,
              random.nextInt(4) > 0 ? Streams.CONTINUED : Streams.WANTED,
              BOUNDS);
      return new Fleet.Served(new Model(name, 0, "t", null, null, List.of()), members, rules);
    }

    private Target target(String name) {
      return new Target(name, new Target.Address.Tcp(name, 80, false), "/v1", name, null);
    }

    void play(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
        check();
      }
      while (!asked.isEmpty()) {
        asked.removeFirst().failover().cancel();
        channel.runPendingTasks();
      }
      assertThat(router.inFlight()).isZero();
      assertThat(router.waiting()).isZero();
      assertThat(channel.runScheduledPendingTasks()).as("no timer is left").isEqualTo(-1);
      channel.close();
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0 -> begin();
        case 1 -> pass(random.nextInt(1_500));
        case 2 -> leave();
        case 3, 4, 5, 6, 7 -> one().speak(random);
        case 8, 9 -> one().end();
        default -> one().fail(error());
      }
      channel.runPendingTasks();
    }

    private Scripted one() {
      return sources.isEmpty()
          ? new Scripted(sources, request(), false)
          : sources.get(random.nextInt(sources.size()));
    }

    private ApiError error() {
      return Cases.one(
          random,
          new ApiError.UpstreamFailed("it was told to."),
          new ApiError.UpstreamTimeout(Phase.FIRST_TOKEN),
          new ApiError.UpstreamBusy(1),
          new ApiError.QueueFull(),
          new ApiError.UnreadableAnswer("it was told to."),
          new ApiError.Internal(),
          new ApiError.Relayed(400, "t", null, null, "no"));
    }

    private InferenceRequest request() {
      return new InferenceRequest(
          "m",
          List.of(new Message(Message.Role.USER, "hello")),
          true,
          true,
          Sampling.NONE,
          List.of(),
          Set.of(),
          BODY.getBytes(UTF_8),
          new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1));
    }

    private void begin() {
      var client = new Client();
      var route =
          router.route(request(), "key" + random.nextInt(2), channel.eventLoop(), Bill.FREE);
      var failover =
          new Failover(
              route,
              (taken, rest, trace) -> new Scripted(sources, rest, random.nextInt(6) == 0),
              OpenAiTargets::continued,
              request(),
              Trace.NONE,
              Room.ENDLESS,
              channel.eventLoop(),
              () -> now);
      asked.add(new Asked(failover, client));
      failover.start(client);
    }

    /** Leaves as the relay does: cancels once, whatever the end was. */
    private void leave() {
      if (!asked.isEmpty()) {
        Asked one = asked.remove(random.nextInt(asked.size()));
        one.failover().cancel();
        gone.add(one.client());
      }
    }

    private void pass(long millis) {
      now += TimeUnit.MILLISECONDS.toNanos(millis);
      channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }

    private void check() {
      sources.removeIf(source -> source.over);
      asked.forEach(one -> check(one.client()));
      gone.forEach(Run::check);
      int going = (int) asked.stream().filter(one -> one.client().ends == 0).count();
      assertThat(router.inFlight()).isLessThanOrEqualTo(going);
    }

    private static void check(Client client) {
      int tokens = (int) client.content.chars().filter(c -> c == ' ').count();
      assertThat(client.content.toString()).isEqualTo(said(tokens));
      assertThat(client.ends).isLessThanOrEqualTo(1);
      assertThat(client.finishes).isLessThanOrEqualTo(1);
      if (client.good) {
        assertThat(tokens).isEqualTo(TOKENS);
        assertThat(client.finishes).isEqualTo(1);
        assertThat(client.usage.completionTokens()).isEqualTo(TOKENS);
        assertThat(client.usage.promptTokens()).isEqualTo(5);
      }
    }
  }
}
