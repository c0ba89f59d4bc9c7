package tayyar.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Threads;
import tayyar.limits.Answer;
import tayyar.limits.Ask;
import tayyar.limits.Shares;

/**
 * Counters in Redis or Valkey, by one script. Connects again by itself; while Redis does not answer
 * it is not asked. Once a second a write tries whether it does. Thread-safe; nothing blocks but
 * {@link #close}.
 */
public final class RedisShares implements Shares, AutoCloseable {
  /** A connection that takes longer has failed. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final long TICK_MILLIS = 50;
  private static final long TRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A trial has to be answered within this time, as requests have to. */
  private static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final String TRIAL = "tayyar:{trial}";

  /** A loop that ended at once would leave a connection half made, and its buffer. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(RedisShares.class);

  private final String gateway;
  private final RedisAt at;
  private final ClientResources resources;
  private final RedisClient client;
  private final String script = Script.text();
  private final Thread thread;
  private final LongAdder calls = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final AtomicLong underWay = new AtomicLong();
  private volatile @Nullable StatefulRedisConnection<String, String> connection;
  private volatile String hash = "";
  private volatile boolean away = true;
  private volatile boolean told;
  private volatile String last = "";
  private volatile boolean connecting;
  private volatile boolean closed;
  private volatile @Nullable Trial trial;
  private volatile Runnable tick = () -> {};
  private long triedAt;

  /** A write that shows whether Redis is there. */
  private record Trial(long startedAt) {}

  private RedisShares(RedisAt at, String gateway) {
    this.at = at;
    this.gateway = gateway;
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(Delay.constant(Duration.ofMillis(500)))
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(10_000)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).keepAlive(true).build())
            .build());
    this.triedAt = System.nanoTime() - TRY_NANOS;
    this.thread = Thread.ofPlatform().daemon().name("limits").unstarted(this::run);
  }

  /**
   * Starts to connect; away until it has.
   *
   * @param gateway a name that no other gateway has, nor one before
   */
  public static RedisShares of(RedisAt at, String gateway) {
    return new RedisShares(at, gateway);
  }

  /**
   * Begins.
   *
   * @param tick is run some twenty times a second, on a thread of its own
   */
  public void start(Runnable tick) {
    this.tick = tick;
    thread.start();
  }

  private void run() {
    while (!closed) {
      look();
      tick.run();
      try {
        Thread.sleep(TICK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Connects for the first time, and looks whether Redis is there, also while nobody asks. */
  private void look() {
    long now = System.nanoTime();
    Trial under = trial;
    if (under != null && now - under.startedAt() >= TRIAL_NANOS && !away) {
      gone("it does not answer");
    }
    if (now - triedAt < TRY_NANOS) {
      return;
    }
    triedAt = now;
    StatefulRedisConnection<String, String> open = connection;
    if (open == null) {
      connect();
    } else if (under == null) {
      tryIt(open);
    }
  }

  private void connect() {
    if (connecting) {
      return;
    }
    connecting = true;
    client
        .connectAsync(StringCodec.UTF8, uri())
        .whenComplete(
            (open, failure) -> {
              connecting = false;
              if (failure != null) {
                gone(why(failure));
              } else {
                hash = open.async().digest(script);
                connection = open;
                tryIt(open);
              }
            });
  }

  private RedisURI uri() {
    var uri =
        RedisURI.builder()
            .withHost(at.host())
            .withPort(at.port())
            .withSsl(at.tls())
            .withDatabase(at.database())
            .withClientName("tayyar")
            .withTimeout(CONNECT);
    String password = at.password();
    if (password != null && at.user().isEmpty()) {
      uri.withPassword((CharSequence) password);
    } else if (password != null) {
      uri.withAuthentication(at.user(), (CharSequence) password);
    }
    return uri.build();
  }

  private void tryIt(StatefulRedisConnection<String, String> open) {
    var begun = new Trial(System.nanoTime());
    trial = begun;
    open.async()
        .set(TRIAL, gateway, SetArgs.Builder.ex(60))
        .whenComplete(
            (_, failure) -> {
              trial = null;
              if (failure != null) {
                gone(why(failure));
              } else if (System.nanoTime() - begun.startedAt() < TRIAL_NANOS) {
                back();
              } else {
                gone("it answers too late");
              }
            });
  }

  private void gone(String why) {
    away = true;
    last = why;
    if (!told && !closed) {
      told = true;
      LOG.atWarn().addKeyValue("redis", at).addKeyValue("why", why).log("shared limits are away");
    }
  }

  private void back() {
    if (away && !closed) {
      away = false;
      LOG.atInfo().addKeyValue("redis", at).log("shared limits are counted");
      told = false;
    }
  }

  /** No address, no secret: what the library says of the failure. */
  private static String why(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  @Override
  public boolean isAway() {
    return away;
  }

  @Override
  public void late() {
    gone("it does not answer in time");
  }

  @Override
  public void ask(Ask ask, Consumer<@Nullable Answer> then) {
    StatefulRedisConnection<String, String> open = connection;
    if (open == null || closed) {
      then.accept(null);
      return;
    }
    calls.increment();
    underWay.incrementAndGet();
    long began = System.nanoTime();
    String[] keys = Script.keys(ask);
    String[] arguments = Script.arguments(gateway, ask);
    RedisAsyncCommands<String, String> redis = open.async();
    CompletionStage<List<Object>> answer =
        redis.evalsha(hash, ScriptOutputType.MULTI, keys, arguments);
    answer
        .exceptionallyCompose(
            failure ->
                isUnknown(failure)
                    ? redis.eval(script, ScriptOutputType.MULTI, keys, arguments)
                    : CompletableFuture.failedFuture(failure))
        .whenComplete((returned, failure) -> done(ask, began, returned, failure, then));
  }

  private static boolean isUnknown(Throwable failure) {
    return failure instanceof RedisNoScriptException
        || failure.getCause() instanceof RedisNoScriptException;
  }

  private void done(
      Ask ask,
      long began,
      @Nullable List<Object> returned,
      @Nullable Throwable failure,
      Consumer<@Nullable Answer> then) {
    underWay.decrementAndGet();
    nanos.add(System.nanoTime() - began);
    Answer answer = null;
    if (returned == null || failure != null) {
      gone(failure == null ? "no answer" : why(failure));
    } else {
      answer = Script.answer(ask, returned);
      refusals.add(answer.outcomes().stream().filter(Answer.Denied.class::isInstance).count());
    }
    then.accept(answer);
  }

  /** Calls so far. */
  public long calls() {
    return calls.sum();
  }

  /** Requests that the counters refused. */
  public long refusals() {
    return refusals.sum();
  }

  /** Milliseconds that all calls have taken. */
  public long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos.sum());
  }

  /** Why it cannot be used now, in a sentence without its full stop; empty if it can. Blocks. */
  public static String flaw(RedisAt at) {
    RedisShares trial = of(at, "check");
    try {
      trial.start(() -> {});
      long until = System.nanoTime() + CONNECT.toNanos();
      while (trial.away && trial.last.isEmpty() && System.nanoTime() - until < 0) {
        Thread.sleep(TICK_MILLIS);
      }
      return trial.away ? at + " does not count limits: " + trial.last : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    } finally {
      trial.close();
    }
  }

  /** Lets calls under way end, for a moment; closes the connection. Blocks. */
  @Override
  public void close() {
    long until = System.nanoTime() + TRIAL_NANOS;
    while (!away && underWay.get() > 0 && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    closed = true;
    thread.interrupt();
    Threads.awaitEnd(thread);
    client.shutdown(QUIET, CONNECT);
    resources
        .shutdown(QUIET.toMillis(), CONNECT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
  }
}
