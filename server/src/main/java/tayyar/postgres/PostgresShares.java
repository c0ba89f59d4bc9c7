package tayyar.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Threads;
import tayyar.limits.Answer;
import tayyar.limits.Ask;
import tayyar.limits.Contact;
import tayyar.limits.Kind;
import tayyar.limits.Shares;
import tayyar.limits.Ticker;

/**
 * Counters at the PostgreSQL server that has the store, by its function {@code count_limits}. One
 * thread talks to it: what has come in the meantime is asked in one statement. Thread-safe; nothing
 * blocks but {@link #close}.
 */
public final class PostgresShares implements Shares {
  /** A statement that takes longer is to fail. */
  public static final Duration MOST = Duration.ofSeconds(1);

  /** The same where the server says nothing at all. */
  private static final int SILENCE_MILLIS = 2_000;

  private static final long TRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Others wait for an organisation's counters until the statement ends. */
  private static final int ASKS_MAX = 32;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresShares.class);

  private final DataSource store;
  private final String gateway;
  private final Contact contact;
  private final Ask trial;
  private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final Thread thread;
  private @Nullable Ticker ticker;
  private volatile boolean closed;

  /** When the last statement began, and whether it is under way. */
  private volatile long askedAt;

  private volatile boolean asking;
  private long lookedAt;
  private long forgotAt;

  private record Call(Ask ask, Consumer<@Nullable Answer> then, long beganAt) {}

  private PostgresShares(DataSource store, Object at, String gateway) {
    this.store = store;
    this.gateway = gateway;
    this.contact = new Contact(at);
    // What no limit holds, in each table. It is a write, for a standby would answer a read.
    var unit = new Ask.Counter(gateway, Kind.REQUESTS, 1, -1, 0, 0, 0);
    var place = new Ask.Counter(gateway, Kind.PLACES, 0, -1, 0, 0, 1);
    this.trial = new Ask("", List.of(unit, place), List.of());
    this.thread = Thread.ofPlatform().daemon().name("limits-store").unstarted(this::run);
    this.forgotAt = System.nanoTime();
    this.lookedAt = forgotAt - TRY_NANOS;
  }

  /**
   * Not begun yet.
   *
   * @param store gives connections whose statements fail after {@link #MOST}
   * @param at where it is, without secrets; for the log
   * @param gateway a name that no other gateway has, nor one before
   */
  public static PostgresShares of(DataSource store, Object at, String gateway) {
    return new PostgresShares(store, at, gateway);
  }

  @Override
  public void start(Runnable tick) {
    thread.start();
    ticker =
        new Ticker(
            () -> {
              watch();
              tick.run();
            });
  }

  @Override
  public Contact contact() {
    return contact;
  }

  @Override
  public void ask(Ask ask, Consumer<@Nullable Answer> then) {
    if (closed) {
      then.accept(null);
      return;
    }
    contact.asked();
    calls.add(new Call(ask, then, System.nanoTime()));
  }

  /** A server that hangs is away, also while only the look waits for it. */
  private void watch() {
    if (asking && Contact.isLate(askedAt) && !contact.isAway()) {
      contact.gone("it does not answer");
    }
  }

  private void run() {
    while (!closed) {
      try {
        List<Call> some = take();
        if (some.isEmpty()) {
          look();
        } else {
          answer(some);
        }
      } catch (InterruptedException e) {
        // close() wants the end.
      }
    }
    calls.forEach(call -> answered(call, null));
  }

  /**
   * Waits until somebody asks, or it is time to look. Organisations come in the same order from all
   * gateways, so that no two wait for each other.
   */
  private List<Call> take() throws InterruptedException {
    List<Call> some = new ArrayList<>();
    long rest = lookedAt + TRY_NANOS - System.nanoTime();
    Call first = rest <= 0 ? null : calls.poll(rest, TimeUnit.NANOSECONDS);
    if (first != null) {
      some.add(first);
      calls.drainTo(some, ASKS_MAX - 1);
      some.sort(Comparator.comparing(call -> call.ask().organisation()));
    }
    return some;
  }

  private void answer(List<Call> some) {
    List<Answer> answers = List.of();
    try (Connection on = store.getConnection()) {
      answers = ask(on, some.stream().map(Call::ask).toList());
    } catch (SQLException e) {
      contact.gone(why(e));
    }
    for (int i = 0; i < some.size(); i++) {
      answered(some.get(i), answers.isEmpty() ? null : answers.get(i));
    }
  }

  private List<Answer> ask(Connection on, List<Ask> asks) throws SQLException {
    on.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
    askedAt = System.nanoTime();
    asking = true;
    try {
      return Counted.of(on, gateway, asks);
    } finally {
      asking = false;
    }
  }

  private void answered(Call call, @Nullable Answer answer) {
    contact.answered(call.beganAt(), answer);
    call.then().accept(answer);
  }

  /** A new connection may take longer than an answer. */
  private void look() {
    try (Connection on = store.getConnection()) {
      var _ = ask(on, List.of(trial));
      contact.tried(askedAt);
      if (askedAt - forgotAt >= FORGET_NANOS) {
        forgotAt = askedAt;
        forget(on);
      }
    } catch (SQLException e) {
      contact.gone(why(e));
    }
    lookedAt = System.nanoTime();
  }

  private static void forget(Connection on) {
    try (Statement statement = on.createStatement()) {
      statement.execute("SELECT forget_limits()");
    } catch (SQLException e) {
      LOG.atWarn().addKeyValue("why", why(e)).log("old counters of limits are not removed");
    }
  }

  /** The first line; the pool's own words do not say it. */
  private static String why(SQLException failure) {
    Throwable cause =
        failure instanceof SQLTransientConnectionException ? failure.getCause() : null;
    String all = String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    return all.lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    contact.close();
    closed = true;
    if (ticker != null) {
      ticker.close();
    }
    thread.interrupt();
    Threads.awaitEnd(thread);
  }
}
