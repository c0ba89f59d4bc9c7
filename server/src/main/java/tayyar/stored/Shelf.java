package tayyar.stored;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Storing;
import tayyar.api.Threads;

/**
 * Where responses are stored. What is put there is found at once and written by a thread of its
 * own; nobody who puts waits for the database. Each organisation sees its own responses alone.
 * Thread-safe.
 */
public final class Shelf implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);

  /** What may wait for the database; above it responses are not stored. */
  private static final long WAITING_BYTES_MAX =
      Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

  private static final int GROUP_MAX = 64;
  private static final int AGED_AT_ONCE = 500;
  private static final int WRITES_MAX = 5;
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration SWEEP = Duration.ofSeconds(15);

  /** Others take a gateway for gone that has not said for so long that it lives. */
  private static final Duration LIVES = Duration.ofSeconds(60);

  /** What a response that was in progress failed with when its gateway was gone. */
  private static final String LOST =
      "{\"code\":\"server_error\",\"message\":\"The server was stopped while it answered."
          + " Ask again.\"}";

  /** A step that the thread takes; done tells whether it was. */
  private record Step(
      @Nullable Kept put, String organisationId, String id, Consumer<Boolean> done) {}

  private final DataSource dataSource;
  private final DataSource reading;
  private final String gateway;
  private final Storing most;
  private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final Map<String, Kept> waiting = new ConcurrentHashMap<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Thread thread = Thread.ofPlatform().daemon().name("responses").unstarted(this::run);
  private volatile Consumer<String> cancelled = _ -> {};
  private volatile boolean closed;
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  /** What could not be written; of the thread. */
  private final List<Step> again = new ArrayList<>();

  private long nextLook = System.nanoTime();
  private long nextSweep = System.nanoTime();

  private Shelf(DataSource dataSource, DataSource reading, String gateway, Storing most) {
    this.dataSource = dataSource;
    this.reading = reading;
    this.gateway = gateway;
    this.most = most;
  }

  /**
   * Opens the shelf of a store. What an earlier process of this name was answering has failed.
   *
   * @param reading gives connections whose statements fail after a time
   * @param gateway this process' name among all that live
   * @throws SQLException if the database cannot be used
   */
  public static Shelf open(DataSource dataSource, DataSource reading, String gateway, Storing most)
      throws SQLException {
    var shelf = new Shelf(dataSource, reading, gateway, most);
    try (Connection on = dataSource.getConnection()) {
      Rows.lose(on, LOST, gateway, true, System.currentTimeMillis());
    }
    shelf.thread.start();
    return shelf;
  }

  /** Is told the ids of running responses that were cancelled at another gateway. */
  public void onCancel(Consumer<String> told) {
    cancelled = told;
  }

  /** The bounds. */
  public Storing most() {
    return most;
  }

  /**
   * Stores a response. Never blocks.
   *
   * @return false where it is too large, or too much waits for the database
   */
  public boolean put(Kept its) {
    if (its.bytes() > most.responseBytesMax()
        || waitingBytes.get() + its.bytes() > WAITING_BYTES_MAX) {
      return false;
    }
    add(its, _ -> {});
    return true;
  }

  /**
   * Stores the state of one that runs in the background: whatever its size, for its client knows
   * its id already. Never blocks.
   *
   * @param done told on another thread whether it is in the database
   */
  public void state(Kept its, Consumer<Boolean> done) {
    if (its.running()) {
      running.add(its.id());
    } else {
      running.remove(its.id());
    }
    boolean fits = waitingBytes.get() + its.bytes() <= WAITING_BYTES_MAX;
    add(fits ? its : its.withoutEvents(), done);
  }

  /** Forgets one that runs and that no client knows. Never blocks. */
  public void forget(String organisationId, String id) {
    running.remove(id);
    steps.add(new Step(null, organisationId, id, _ -> {}));
  }

  private void add(Kept its, Consumer<Boolean> done) {
    waitingBytes.addAndGet(its.bytes());
    waiting.put(its.id(), its);
    steps.add(new Step(its, its.organisationId(), its.id(), done));
  }

  /**
   * Finds a response, without its events. Blocks.
   *
   * @param room the memory for it
   * @return null where the organisation has none of this id
   * @throws Refused if the store cannot be read, or the room is too small
   */
  public @Nullable Kept find(String organisationId, String id, Room room) {
    return find(organisationId, id, room, false);
  }

  /** The same with its events, where they are stored. */
  public @Nullable Kept findWithEvents(String organisationId, String id, Room room) {
    return find(organisationId, id, room, true);
  }

  private @Nullable Kept find(String organisationId, String id, Room room, boolean events) {
    Kept its = waiting.get(id);
    if (its != null) {
      return its.organisationId().equals(organisationId) ? its : null;
    }
    try (Connection on = reading.getConnection()) {
      return Rows.find(on, organisationId, id, room, events);
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  /**
   * Removes a response. Blocks until it is gone.
   *
   * @throws Refused if the store cannot be written
   */
  public void delete(String organisationId, String id) {
    var gone = new CompletableFuture<Boolean>();
    steps.add(new Step(null, organisationId, id, gone::complete));
    if (!gone.completeOnTimeout(false, 5, TimeUnit.SECONDS).join()) {
      throw unavailable(null);
    }
  }

  /**
   * Asks the gateway that answers a response to cancel it, which it does within two seconds.
   * Blocks.
   *
   * @throws Refused if the store cannot be written
   */
  public void cancelElsewhere(String organisationId, String id) {
    try (Connection on = dataSource.getConnection()) {
      Rows.cancel(on, organisationId, id);
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  private static Refused unavailable(@Nullable SQLException e) {
    if (e != null) {
      LOG.atWarn().setCause(e).log("stored responses cannot be used");
    }
    return new Refused(new ApiError.OfAdmin(new AdminFault.StoreUnavailable()));
  }

  private void run() {
    List<Step> group = new ArrayList<>();
    while (!closed || !steps.isEmpty()) {
      Step first = again.isEmpty() ? next() : again.removeFirst();
      group.addAll(again);
      again.clear();
      if (first != null) {
        group.addFirst(first);
        steps.drainTo(group, GROUP_MAX - 1);
        write(group);
        group.clear();
      }
      if (!closed && System.nanoTime() - nextLook >= 0) {
        nextLook = System.nanoTime() + BEAT.toNanos();
        look();
      }
    }
  }

  private @Nullable Step next() {
    try {
      return steps.poll(BEAT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return null; // Nobody does; the end is told by a step.
    }
  }

  private void write(List<Step> group) {
    boolean written = false;
    for (int tries = 1; !written && tries <= WRITES_MAX; tries++) {
      try {
        together(group);
        written = true;
      } catch (SQLException e) {
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("responses", group.size())
            .addKeyValue("tries", tries)
            .log("responses cannot be stored");
        LockSupport.parkNanos(closed ? 1 : BEAT.toNanos());
      }
    }
    for (Step step : group) {
      Kept put = step.put;
      if (!written && !closed && put != null && !put.running()) {
        // Clients know this last state already: it is tried again, before what came behind it.
        again.add(step);
        continue;
      }
      if (put != null) {
        waitingBytes.addAndGet(-put.bytes());
        waiting.remove(step.id, put);
      }
      step.done.accept(written);
    }
  }

  private void together(List<Step> group) throws SQLException {
    Set<String> grown = new LinkedHashSet<>();
    try (Connection on = dataSource.getConnection()) {
      on.setAutoCommit(false);
      if (group.stream().anyMatch(step -> step.put != null && step.put.running())) {
        Rows.answers(on, gateway, System.currentTimeMillis() + LIVES.toMillis());
      }
      for (Step step : group) {
        Kept put = step.put;
        if (put == null) {
          Rows.delete(on, step.organisationId, step.id);
        } else {
          Rows.put(on, put, gateway, most.responseBytesMax());
          grown.add(step.organisationId);
        }
      }
      for (String organisation : grown) {
        Rows.bound(on, organisation, most);
      }
      on.commit();
    }
  }

  /** Looks for what was cancelled, grew old or was lost. */
  private void look() {
    if (!running.isEmpty()) {
      try (Connection on = reading.getConnection()) {
        Rows.cancelled(on, gateway).forEach(cancelled);
      } catch (SQLException e) {
        LOG.atWarn().setCause(e).log("stored responses cannot be read");
      }
    }
    if (System.nanoTime() - nextSweep >= 0) {
      if (!running.isEmpty()) {
        lives();
      }
      nextSweep = System.nanoTime() + SWEEP.toNanos();
      sweep();
    }
  }

  private void lives() {
    try (Connection on = dataSource.getConnection()) {
      Rows.answers(on, gateway, System.currentTimeMillis() + LIVES.toMillis());
    } catch (SQLException e) {
      LOG.atWarn().setCause(e).log("responses in progress cannot be told of");
    }
  }

  private void sweep() {
    long now = System.currentTimeMillis();
    try (Connection on = dataSource.getConnection()) {
      Rows.lose(on, LOST, gateway, false, now);
      while (steps.isEmpty()
          && Rows.age(on, now - most.keep().toMillis(), AGED_AT_ONCE) == AGED_AT_ONCE) {}
    } catch (SQLException e) {
      LOG.atWarn().setCause(e).log("old responses cannot be removed; it is tried again");
    }
  }

  /** Writes what waits. */
  @Override
  public void close() {
    closed = true;
    steps.add(new Step(null, "", "", _ -> {})); // Wakes it up; there is no such response.
    Threads.awaitEnd(thread);
  }
}
