package tayyar.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.Target;
import tayyar.routing.Fleet.Member;
import tayyar.routing.Fleet.Served;

/**
 * The targets of one model and the requests that wait for them. One lock is held for the time of a
 * choice. A pool outlives a change of the configuration, so that requests under way stay counted.
 */
final class Pool {
  private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

  private final LongSupplier clock;
  private final FairQueue queue = new FairQueue();
  private List<Replica> replicas;
  private volatile Served served;

  Pool(Served served, LongSupplier clock) {
    this.clock = clock;
    this.served = served;
    this.replicas = served.members().stream().map(member -> new Replica(member, clock)).toList();
  }

  String modelId() {
    return served.model().id();
  }

  Bounds bounds() {
    return served.rules().bounds();
  }

  boolean continues() {
    return served.rules().streams() == Streams.CONTINUED;
  }

  /** Whether the answer to a request is asked for as one document. */
  boolean asksWhole(Ask ask) {
    boolean wanted = !ask.request().stream() && served.rules().streams() == Streams.WANTED;
    return (wanted && ask.whole()) || ask.request().endpoint() == Endpoint.EMBEDDINGS;
  }

  /** Takes new targets and rules. Targets that were there before keep their history. */
  void configure(Served now) {
    List<Answered> answered;
    synchronized (this) {
      List<Replica> next = new ArrayList<>();
      for (Member member : now.members()) {
        Replica known = find(member.target());
        if (known == null) {
          known = new Replica(member, clock);
        } else {
          known.configure(member);
        }
        next.add(known);
      }
      replicas = List.copyOf(next);
      served = now;
      answered = answerWaiting();
    }
    answered.forEach(Answered::tell);
  }

  /** The model is no longer served: tells the waiting requests so. */
  void empty() {
    configure(new Served(served.model(), List.of(), served.rules()));
  }

  private @Nullable Replica find(Target target) {
    for (Replica replica : replicas) {
      if (replica.target().equals(target)) {
        return replica;
      }
    }
    return null;
  }

  /** Gives a request a place at a target, or a place in the queue, or neither. */
  synchronized Next take(Waiter waiter) {
    Next next = choose(waiter.ask(), waiter.tried());
    if (next instanceof Next.Waiting) {
      if (queue.size() >= served.rules().queueMax()) {
        return new Next.Over(new ApiError.QueueFull());
      }
      queue.add(waiter);
    }
    return next;
  }

  /** Takes the request out of the queue; frees a place that it was just given. */
  void leave(Waiter waiter) {
    Next answer;
    synchronized (this) {
      answer = queue.remove(waiter) ? null : waiter.answer;
    }
    if (answer instanceof Next.Go(Try taken)) {
      taken.ended(new Verdict.NoBlame());
    }
  }

  /** Filters; the policy scores and picks. */
  private Next choose(Ask ask, List<Target> tried) {
    List<Replica> left =
        only(
            replicas,
            replica ->
                !replica.drained()
                    && !tried.contains(replica.target())
                    && ask.allows(replica.target()));
    List<Replica> awake = only(left, replica -> replica.breaker().restNanos() <= 0);
    if (awake.isEmpty() && !left.isEmpty()) {
      return new Next.Over(new ApiError.UpstreamBusy(restSeconds(left)));
    }
    List<Replica> well = only(awake, replica -> replica.breaker().well());
    if (well.isEmpty()) {
      well = only(awake, replica -> replica.breaker().lastResort());
    }
    if (well.isEmpty()) {
      return new Next.Over(new ApiError.NoTarget(modelId()));
    }
    List<Replica> free = only(well, Replica::hasRoom);
    return free.isEmpty() ? new Next.Waiting() : new Next.Go(taken(ask, free));
  }

  private static List<Replica> only(List<Replica> all, Predicate<Replica> which) {
    int at = 0;
    while (at < all.size() && which.test(all.get(at))) {
      at++;
    }
    if (at == all.size()) {
      return all;
    }
    List<Replica> some = new ArrayList<>(all.subList(0, at));
    for (Replica replica : all.subList(at + 1, all.size())) {
      if (which.test(replica)) {
        some.add(replica);
      }
    }
    return some;
  }

  private static int restSeconds(List<Replica> all) {
    long least = all.stream().mapToLong(replica -> replica.breaker().restNanos()).min().orElse(0);
    return (int) TimeUnit.NANOSECONDS.toSeconds(least) + 1;
  }

  private Try taken(Ask ask, List<Replica> among) {
    Replica chosen =
        among.size() == 1 ? among.getFirst() : served.rules().policy().choose(among, ask);
    return new Try(this, chosen, ask, chosen.take(), clock.getAsLong());
  }

  /**
   * The first content of an answer has come.
   *
   * @param whole whether it is the whole answer, which is no sample of a time to first token
   */
  synchronized void began(
      Replica replica, Ask ask, long startedNanos, boolean trial, boolean whole) {
    boolean was = replica.breaker().open();
    if (!whole) {
      replica.tookToFirstToken(ask.bytes(), clock.getAsLong() - startedNanos);
    }
    replica.breaker().began(trial);
    tell(replica, was);
  }

  void ended(Replica replica, Verdict verdict, boolean trial) {
    List<Answered> answered;
    synchronized (this) {
      boolean was = replica.breaker().open();
      replica.release(verdict, trial);
      tell(replica, was);
      answered = answerWaiting();
    }
    answered.forEach(Answered::tell);
  }

  void probed(Target target, boolean up) {
    List<Answered> answered = List.of();
    synchronized (this) {
      Replica replica = find(target);
      if (replica != null && replica.breaker().probed(up)) {
        LOG.atInfo()
            .addKeyValue("target", target.name())
            .addKeyValue("up", up)
            .log("a probe brought news");
        answered = answerWaiting();
      }
    }
    answered.forEach(Answered::tell);
  }

  /** Gives a target no new requests, or ends that; returns whether it is there. */
  boolean drain(String name, boolean drained) {
    List<Answered> answered = List.of();
    boolean there = false;
    synchronized (this) {
      for (Replica replica : replicas) {
        if (replica.target().name().equals(name)) {
          there = true;
          replica.drain(drained);
        }
      }
      answered = answerWaiting();
    }
    answered.forEach(Answered::tell);
    return there;
  }

  private void tell(Replica replica, boolean wasOpen) {
    boolean open = replica.breaker().open();
    if (open != wasOpen) {
      LOG.atWarn()
          .addKeyValue("model", modelId())
          .addKeyValue("target", replica.target().name())
          .log(open ? "a target is avoided: it keeps failing" : "a target answers again");
    }
  }

  private record Answered(Waiter waiter, Next next) {
    void tell() {
      waiter.tell(next);
    }
  }

  /** Serves waiting requests as far as there is room, one of each key in turn. */
  private List<Answered> answerWaiting() {
    List<Answered> answered = new ArrayList<>();
    boolean more = queue.size() > 0;
    while (more) {
      more = false;
      for (Waiter head : queue.heads()) {
        Next next = choose(head.ask(), head.tried());
        if (!(next instanceof Next.Waiting)) {
          queue.served(head);
          head.answer = next;
          answered.add(new Answered(head, next));
          more = true;
        }
      }
    }
    return answered;
  }

  synchronized List<Standing> standing() {
    List<Standing> all = new ArrayList<>();
    for (Replica replica : replicas) {
      Breaker breaker = replica.breaker();
      boolean avoided = breaker.open() || !breaker.well() || breaker.restNanos() > 0;
      all.add(
          new Standing(
              modelId(),
              replica.target(),
              avoided || replica.drained(),
              replica.drained(),
              Math.max(0, breaker.restNanos()),
              replica.inFlight()));
    }
    return all;
  }

  synchronized int inFlight() {
    return replicas.stream().mapToInt(Replica::inFlight).sum();
  }

  synchronized int waiting() {
    return queue.size();
  }
}
