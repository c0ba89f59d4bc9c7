package tayyar.upstream;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import tayyar.api.Target;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The worker process: started, watched, and started again with a back-off when it ends. It is told
 * to end by the end of its standard input, so it never outlives us.
 *
 * <pre>
 *   STARTING --ready line--> READY --process ended--> STARTING (after the back-off)
 *       |                                                 close() --> CLOSED
 *       +--fatal line, never ready before--> FAILED
 * </pre>
 *
 * The worker says on its standard output, a JSON object a line: {@code {"alive":true}} each second
 * from its beginning on, {@code {"ready":{...}}} once it listens, {@code {"stats":{...}}} now and
 * then, {@code {"fatal":"sentence"}} where starting it again is of no use. On its standard input it
 * is told {@code {"threads":2}}, its share of the cores, and {@code {"bye":true}} before that ends.
 * One that was ready before is started again all the same, for its file may come back; until then
 * it is {@link #broken()}. Safe for use by any thread.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Duration BACK_OFF_FIRST = Duration.ofMillis(100);
  private static final Duration BACK_OFF_MOST = Duration.ofSeconds(10);
  private static final Duration HEALTHY = Duration.ofSeconds(30);
  private static final int VAIN_STARTS_MAX = 3;

  /** Looks for a sign of life, of which it gives one a second. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final int MISSED_MAX = 4;

  /** Before it is ready it may be short of all that it needs. */
  private static final int MISSED_MAX_EARLY = 30;

  private enum State {
    STARTING,
    READY,
    FAILED,
    CLOSED
  }

  /** Whose libraries a worker loads. */
  public enum Libraries {
    /** Those that Tayyar is made for; the environment may not add to them. */
    PINNED,
    /** The operator's, with all that the environment says of libraries and graphics cards. */
    OWN
  }

  private final List<String> command;
  private final Libraries libraries;
  private final Path socket;
  private final Target target;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Waiters waiting = new Waiters();
  private State state = State.STARTING;
  private int vainStarts;
  private int missed;
  private @Nullable Process process;
  private volatile boolean ready;
  private final AtomicLong restarts = new AtomicLong();
  private volatile String fatal = "";
  private volatile String broken = "";
  private volatile int threads;
  private volatile @Nullable JsonNode info;
  private volatile @Nullable JsonNode stats;

  /**
   * Creates a worker that has not been started.
   *
   * @param command the program and its arguments
   * @param libraries what it may load
   * @param socket the socket that it will listen on, in a folder of our own
   * @param model the model's name at the worker
   * @param salted whether requests carry a salt, by which it keeps one key's cached prompts from
   *     another's
   * @param region where this machine is, in the operator's word; empty where that is not said
   */
  public Worker(
      List<String> command,
      Libraries libraries,
      Path socket,
      String model,
      boolean salted,
      String region) {
    this.command = List.copyOf(command);
    this.libraries = libraries;
    this.socket = socket;
    this.target =
        new Target(
            "worker",
            new Target.Address.Unix(socket.toString()),
            "/v1",
            model,
            null,
            new Target.Access("", "", null, null, salted, region));
  }

  /** Starts it. Called once; returns at once. */
  public void start() {
    Thread.ofPlatform().daemon().name("worker-watch").start(this::watch);
    Thread.ofPlatform().daemon().name("worker-pulse").start(this::feelPulse);
  }

  /**
   * Waits until the worker is ready or has failed for good.
   *
   * @return empty when it is ready, otherwise a sentence saying why not
   */
  public String awaitReady(Duration most) throws InterruptedException {
    boolean known = settled.await(most.toMillis(), TimeUnit.MILLISECONDS);
    return known ? fatal : "The worker was not ready after " + most.toSeconds() + " s.";
  }

  /** Whether it takes requests now. */
  public boolean ready() {
    return ready;
  }

  /** Whether the last start reported a fatal reason; callers should not wait. */
  boolean broken() {
    return !broken.isEmpty();
  }

  /** Why it never was ready, and never will be; empty where it was or may be. */
  String fatal() {
    return fatal;
  }

  /**
   * Gives it so many threads, now and after a restart. May block for a moment where it hangs.
   *
   * @param share at least 1
   */
  void give(int share) {
    if (share != threads) {
      threads = share;
      Process running;
      synchronized (this) {
        running = state == State.READY ? process : null;
      }
      WorkerInput.threads(running, share);
    }
  }

  /** The threads that it was given; 0 where it has those of its command. */
  int given() {
    return threads;
  }

  /** Returns how often it ended by itself and was restarted. */
  public long restarts() {
    return restarts.get();
  }

  /** Returns the worker's description of itself, sent when it became ready; null before. */
  public @Nullable JsonNode info() {
    return info;
  }

  /**
   * Returns a number of the worker's last stats line.
   *
   * @param name its name there
   */
  public long stat(String name) {
    JsonNode last = stats;
    return last == null || !ready ? 0 : last.path(name).asLong(0);
  }

  /** Returns the process id; -1 while there is none. */
  public synchronized long pid() {
    return process == null ? -1 : process.pid();
  }

  /** Returns the target at which it listens. */
  public Target target() {
    return target;
  }

  /** Calls back once, when the worker is ready or {@link #broken()}; at once if it already is. */
  void whenKnown(Executor executor, Runnable then) {
    synchronized (this) {
      if (state != State.READY && !broken()) {
        waiting.add(executor, then);
        return;
      }
    }
    executor.execute(then);
  }

  /** Notes a failed connection: the process has died, but its end was not noticed yet. */
  synchronized void unreachable() {
    if (state == State.READY) {
      state = State.STARTING;
      ready = false;
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  @Override
  public void close() {
    Process running;
    synchronized (this) {
      running = process;
      if (running != null && state != State.READY) {
        running.destroyForcibly();
      }
      state = State.CLOSED;
      ready = false;
    }
    if (running != null) {
      WorkerInput.end(running);
    }
  }

  private void watch() {
    Duration backOff = BACK_OFF_FIRST;
    while (true) {
      long started = System.nanoTime();
      if (!runOnce()) {
        return;
      }
      boolean healthy = System.nanoTime() - started > HEALTHY.toNanos();
      backOff = healthy ? BACK_OFF_FIRST : backOff;
      try {
        Thread.sleep(backOff);
      } catch (InterruptedException e) {
        return;
      }
      Duration twice = backOff.multipliedBy(2);
      backOff = twice.compareTo(BACK_OFF_MOST) < 0 ? twice : BACK_OFF_MOST;
    }
  }

  /**
   * Kills a worker that gives no signs of life. It counts looks, not time, so that a worker
   * survives when the machine or both processes stood still for a while.
   */
  private void feelPulse() {
    try {
      while (look()) {
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks once; returns whether to look again. */
  private synchronized boolean look() {
    if (process != null
        && process.isAlive()
        && ++missed > (ready ? MISSED_MAX : MISSED_MAX_EARLY)) {
      LOG.atError().addKeyValue("pid", process.pid()).log("the worker hangs; it is ended");
      missed = 0;
      process.destroyForcibly();
    }
    return state != State.CLOSED && state != State.FAILED;
  }

  /** Runs the process to its end; returns whether to restart it. */
  private boolean runOnce() {
    try {
      Process started = launch();
      if (started == null) {
        return false;
      }
      listen(started);
      int status = started.waitFor();
      return ended(status);
    } catch (IOException e) {
      failed("The worker can't be started: " + e.getMessage());
      return false;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private @Nullable Process launch() throws IOException {
    Files.deleteIfExists(socket);
    synchronized (this) {
      if (state == State.CLOSED) {
        return null;
      }
      state = State.STARTING;
      var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
      WorkerEnvironment.reduce(builder.environment(), libraries);
      process = builder.start();
      missed = 0;
      return process;
    }
  }

  private void listen(Process started) throws IOException {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said(line);
      }
    }
  }

  private void said(String line) {
    try {
      JsonNode message = JSON.readTree(line);
      synchronized (this) {
        missed = 0;
      }
      if (message.has("ready")) {
        info = message.get("ready");
        becameReady();
      } else if (message.has("stats")) {
        stats = message.get("stats");
      } else if (message.has("fatal")) {
        failed(message.path("fatal").asString(""));
      }
    } catch (JacksonException e) {
      LOG.atWarn().addKeyValue("bytes", line.length()).log("the worker said something unreadable");
    }
  }

  private void becameReady() {
    Process running;
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.READY;
      ready = true;
      broken = "";
      running = process;
    }
    WorkerInput.threads(running, threads);
    settled.countDown();
    tellWaiting();
  }

  private void failed(String why) {
    synchronized (this) {
      broken = why;
      if (settled.getCount() > 0) {
        state = State.FAILED;
        fatal = why;
        settled.countDown();
      }
    }
    tellWaiting();
  }

  private void tellWaiting() {
    List<Waiters.Waiter> due;
    synchronized (this) {
      due = waiting.take();
    }
    due.forEach(Waiters.Waiter::call);
  }

  private synchronized boolean ended(int status) {
    ready = false;
    if (settled.getCount() > 0 && ++vainStarts >= VAIN_STARTS_MAX) {
      failed("The worker ended with status " + status + " each time before it was ready.");
    }
    if (state == State.CLOSED || state == State.FAILED) {
      return false;
    }
    state = State.STARTING;
    restarts.incrementAndGet();
    LoggingEventBuilder line = LOG.atError().addKeyValue("status", status);
    (broken() ? line.addKeyValue("why", broken) : line)
        .log("the worker ended; it is started again");
    return true;
  }
}
