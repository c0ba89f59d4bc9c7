package tayyar.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.limits.Answer;
import tayyar.limits.Ask;
import tayyar.limits.Contact;
import tayyar.limits.Shares;
import tayyar.limits.Ticker;

/**
 * Counters in Redis or Valkey, by one script. Connects again by itself; while Redis does not answer
 * it is not asked. Once a second a write tries whether it does. Thread-safe; nothing blocks but
 * {@link #close}.
 */
public final class RedisShares implements Shares {
  /** A connection that takes longer has failed. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final long TRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LOOK_MILLIS = 50;
  private static final String TRIAL = "tayyar:{trial}";

  /** A loop that ended at once would leave a connection half made, and its buffer. */
  private static final Duration QUIET = Duration.ofMillis(50);

  /** What epoll's messages begin with. */
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

  private final String gateway;
  private final RedisAt at;
  private final ClientResources resources;
  private final RedisClient client;
  private final String script = Script.text();
  private final Contact contact;
  private volatile @Nullable StatefulRedisConnection<String, String> connection;
  private volatile String hash = "";
  private volatile boolean connecting;
  private volatile boolean closed;
  private volatile @Nullable Trial trial;
  private @Nullable Ticker ticker;
  private long triedAt;

  /** A write that shows whether Redis is there. */
  private record Trial(long startedAt) {}

  private RedisShares(RedisAt at, String gateway) {
    this.at = at;
    this.gateway = gateway;
    this.contact = new Contact(at);
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(Delay.constant(Duration.ofMillis(500)))
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(options(at.ca()));
    this.triedAt = System.nanoTime() - TRY_NANOS;
  }

  private static ClientOptions options(@Nullable Path ca) {
    var options =
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(10_000)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).keepAlive(true).build());
    if (ca != null) {
      options.sslOptions(SslOptions.builder().trustManager(ca.toFile()).build());
    }
    return options.build();
  }

  /**
   * Starts to connect; away until it has.
   *
   * @param gateway a name that no other gateway has, nor one before
   */
  public static RedisShares of(RedisAt at, String gateway) {
    return new RedisShares(at, gateway);
  }

  @Override
  public void start(Runnable tick) {
    ticker =
        new Ticker(
            () -> {
              look();
              tick.run();
            });
  }

  /** Connects for the first time, and looks whether Redis is there, also while nobody asks. */
  private void look() {
    long now = System.nanoTime();
    Trial under = trial;
    if (under != null && Contact.isLate(under.startedAt()) && !contact.isAway()) {
      contact.gone("it does not answer");
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
                contact.gone(why(failure));
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
                contact.gone(why(failure));
              } else {
                contact.tried(begun.startedAt());
              }
            });
  }

  /** No address, no secret: what the library says of the failure. */
  private static String why(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return SYSTEM_CALL.matcher(String.valueOf(deepest.getMessage())).replaceFirst("");
  }

  @Override
  public Contact contact() {
    return contact;
  }

  @Override
  public void ask(Ask ask, Consumer<@Nullable Answer> then) {
    StatefulRedisConnection<String, String> open = connection;
    if (open == null || closed) {
      then.accept(null);
      return;
    }
    contact.asked();
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
    Answer answer = null;
    if (returned == null || failure != null) {
      contact.gone(failure == null ? "no answer" : why(failure));
    } else {
      answer = Script.answer(ask, returned);
    }
    contact.answered(began, answer);
    then.accept(answer);
  }

  /** Why it cannot be used now, in a sentence without its full stop; empty if it can. Blocks. */
  public static String flaw(RedisAt at) {
    try (RedisShares trial = of(at, "check")) {
      Contact its = trial.contact;
      its.quiet();
      trial.start(() -> {});
      long until = System.nanoTime() + CONNECT.toNanos();
      while (its.isAway() && its.why().isEmpty() && System.nanoTime() - until < 0) {
        Thread.sleep(LOOK_MILLIS);
      }
      return its.isAway() ? at + " does not count limits: " + its.why() : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public void close() {
    contact.close();
    closed = true;
    if (ticker != null) {
      ticker.close();
    }
    client.shutdown(QUIET, CONNECT);
    resources
        .shutdown(QUIET.toMillis(), CONNECT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
  }
}
