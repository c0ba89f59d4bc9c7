package tayyar.accounts;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.accounts.LeaseStore.Change;
import tayyar.accounts.LeaseStore.Changed;
import tayyar.accounts.LeaseStore.Money;

/**
 * Leases parts of organisations' money from the store, so that gateways that share it never spend
 * more than there is. A gateway that is alone takes all; one of several takes what it lacks, at
 * least its share, and gives back what it does not hold where another one lacks some. One thread
 * talks to the store. Thread-safe.
 */
public final class Leases implements Lender, AutoCloseable {
  /** The longest time that a request waits for its organisation's money. */
  static final Duration PATIENCE = Duration.ofMillis(900);

  /** How long the leases of a process outlive it. */
  static final Duration TERM = Duration.ofSeconds(15);

  private static final Duration BEAT = Duration.ofSeconds(5);

  /** Between two looks for what others lack. */
  private static final Duration LOOK = Duration.ofMillis(200);

  /** The same while somebody waits for what others give back. */
  private static final Duration SOON = Duration.ofMillis(50);

  /** A statement that takes longer means that the store is away. */
  private static final Duration SLOW = Duration.ofMillis(300);

  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** What somebody asks for. */
  private record Ask(Balance balance, long wanted, long untilNanos, @Nullable Runnable then) {}

  private final LeaseStore store;
  private final Thread thread;
  private final LinkedBlockingQueue<Ask> asks = new LinkedBlockingQueue<>();
  private final Map<String, Balance> leased = new HashMap<>();
  private final List<Ask> waiting = new ArrayList<>();

  /**
   * Those that lack something by the store: it is taken back when nobody here waits any more, for
   * others go on giving as long as it stands there.
   */
  private final Set<Balance> lacking = new HashSet<>();

  private long beaten;

  /** What a change that is not committed yet takes back. */
  private long taken;

  private boolean begun;
  private volatile boolean failing;
  private volatile long askedNanos;
  private volatile long renewed = System.nanoTime();
  private volatile boolean closed;

  private Leases(LeaseStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().daemon().name("leases").unstarted(this::run);
  }

  /**
   * Starts without a lease.
   *
   * @param gateway this process' name, which no other that lives has: what was leased under it is
   *     free again
   */
  public static Leases start(DataSource dataSource, String gateway) {
    Leases leases = new Leases(new LeaseStore(dataSource, gateway));
    leases.thread.start();
    return leases;
  }

  @Override
  public void ask(Balance balance, long wanted, long untilNanos, @Nullable Runnable then) {
    asks.add(new Ask(balance, wanted, untilNanos, then));
  }

  @Override
  public boolean away() {
    long asked = askedNanos;
    return failing || (asked != 0 && System.nanoTime() - asked > SLOW.toNanos());
  }

  /** Seconds since the leases were last confirmed; 0 where nothing is leased. */
  public double age() {
    return begun ? (System.nanoTime() - renewed) / 1e9 : 0;
  }

  /** Gives all back. Waits for the thread, some seconds at most. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        take();
        turn();
      } catch (InterruptedException e) {
        // close() wants the end.
      }
    }
    answerAll();
    var _ = done("give leases back", store::end);
    store.close();
  }

  /** Waits for asks, as long as there is nothing else to do. */
  private void take() throws InterruptedException {
    Duration most = begun || failing ? waiting.isEmpty() ? LOOK : SOON : Duration.ofDays(1);
    Ask first = asks.poll(most.toNanos(), TimeUnit.NANOSECONDS);
    if (first != null) {
      waiting.add(first);
      asks.drainTo(waiting);
    }
  }

  private void turn() {
    boolean good = beat();
    if (good) {
      Map<Balance, Long> wanted = new HashMap<>();
      waiting.forEach(ask -> wanted.merge(ask.balance, ask.wanted, Math::addExact));
      good = done("look at leases", () -> others(wanted));
      lacking.forEach(balance -> wanted.putIfAbsent(balance, 0L));
      for (Map.Entry<Balance, Long> each : wanted.entrySet()) {
        good &= done("change a lease", () -> change(each.getKey(), each.getValue()));
      }
    }
    if (good && failing) {
      failing = false;
      LOG.atInfo().log("balances can be leased again");
    }
    long now = System.nanoTime();
    waiting.removeIf(ask -> ask.untilNanos - now < 0 && answered(ask));
  }

  /** Adds the balances of which others lack a part. */
  private void others(Map<Balance, Long> wanted) throws SQLException {
    for (String organisation : store.wanted()) {
      Balance its = leased.get(organisation);
      if (its != null) {
        wanted.putIfAbsent(its, 0L);
      }
    }
  }

  /** Says that this gateway lives. Where others took it for dead, its leases are theirs. */
  private boolean beat() {
    long now = System.nanoTime();
    if (begun && !failing && now - beaten < BEAT.toNanos()) {
      return true;
    }
    beaten = now;
    return done(
        "renew the leases",
        () -> {
          long wall = System.currentTimeMillis();
          if (!begun || !store.beat(wall + TERM.toMillis())) {
            store.begin(wall, wall + TERM.toMillis());
            leased.values().forEach(this::leaseAnew);
            leased.clear();
            lacking.clear();
            begun = true;
          }
          renewed = now;
        });
  }

  /** What running requests hold is missing: it is asked for before they need the next slice. */
  private void leaseAnew(Balance balance) {
    balance.lost();
    long missing = Math.max(0, -balance.available());
    waiting.add(new Ask(balance, missing, System.nanoTime() + PATIENCE.toNanos(), null));
  }

  private void change(Balance balance, long wanted) throws SQLException {
    Changed done;
    synchronized (balance) {
      try {
        long now = System.currentTimeMillis();
        done = store.change(balance.organisationId(), now, money -> change(balance, wanted, money));
      } catch (SQLException | RuntimeException e) {
        balance.lent(taken);
        throw e;
      } finally {
        taken = 0;
      }
      balance.lent(done.change().lent());
    }
    leased.put(balance.organisationId(), balance);
    if (done.change().wanted() > 0) {
      lacking.add(balance);
    } else {
      lacking.remove(balance);
    }
    decide(balance, wanted, done);
  }

  private Change change(Balance balance, long wanted, Money money) {
    // What running requests hold is owed as well: at their end it must not be spent anew.
    long owed = Math.min(Math.max(0, -money.free()), Math.max(0, money.here()));
    balance.lent(-owed);
    taken = owed;
    taken += balance.giveBack(surplus(money, wanted, balance.available()));
    long given = share(money, wanted);
    return new Change(given, Math.max(0, -money.here()), taken, Math.max(0, wanted - given));
  }

  /** Of what nobody holds here, what another gateway lacks is given back, at least the half. */
  private static long surplus(Money money, long wanted, long available) {
    long lacks = money.wanted() - Math.max(0, money.free());
    return wanted == 0 && lacks > 0 ? Math.max(available / 2, lacks) : 0;
  }

  /** All for one who is alone; of several each has what it lacks, at least its share. */
  private static long share(Money money, long wanted) {
    long free = Math.max(0, money.free());
    if (money.gateways() <= 1) {
      return free;
    }
    boolean both = wanted == 0 && money.wanted() > 0;
    return both ? 0 : Math.min(free, Math.max(wanted, free / money.gateways()));
  }

  /** Answers those who have what they asked for, the first ones first, or can't have it. */
  private void decide(Balance balance, long wanted, Changed done) {
    long now = System.nanoTime();
    boolean nothingLeft = done.nothingLeft();
    balance.allIsHere(nothingLeft);
    long left = done.change().given();
    if (left < wanted
        && waiting.stream().anyMatch(ask -> ask.balance == balance && late(ask, now))) {
      balance.empty();
    }
    for (Ask ask : List.copyOf(waiting)) {
      if (ask.balance == balance && (nothingLeft || ask.wanted <= left)) {
        left -= ask.wanted;
        waiting.remove(ask);
        answered(ask);
      }
    }
  }

  /** What others could give back in time they have. */
  private static boolean late(Ask ask, long now) {
    return ask.untilNanos - now < SOON.toNanos();
  }

  private static boolean answered(Ask ask) {
    if (ask.then != null) {
      ask.then.run();
    }
    return true;
  }

  private void answerAll() {
    asks.drainTo(waiting);
    waiting.forEach(Leases::answered);
    waiting.clear();
  }

  /** Work on the store. */
  @FunctionalInterface
  private interface Work {
    void run() throws SQLException;
  }

  /** Whether work on the store was done; a failure is worth a line in the log only once. */
  private boolean done(String what, Work work) {
    askedNanos = System.nanoTime();
    try {
      work.run();
      return true;
    } catch (SQLException | RuntimeException e) {
      if (!failing) {
        LOG.atError().addKeyValue("to", what).setCause(e).log("the store of balances is away");
      }
      failing = true;
      return false;
    } finally {
      askedNanos = 0;
    }
  }
}
