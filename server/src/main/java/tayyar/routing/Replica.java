package tayyar.routing;

import java.util.function.LongSupplier;
import tayyar.api.Target;

/**
 * One target of a model, its load and its history. A policy reads it; only its pool changes it,
 * under the pool's lock.
 */
public final class Replica {
  private final Target target;
  private final Breaker breaker;
  private final FirstTokens firstTokens;
  private int weight;
  private int capacity;
  private int inFlight;
  private boolean judged;
  private boolean drained;

  Replica(Fleet.Member member, LongSupplier clock) {
    this.target = member.target();
    this.breaker = new Breaker(clock);
    this.firstTokens = new FirstTokens(clock);
    configure(member);
  }

  void configure(Fleet.Member member) {
    weight = member.weight();
    capacity = member.capacity();
    judged = member.judged();
    // The probe that found it down may no longer exist; a new one tests it again.
    breaker.probed(true);
  }

  /** The server. */
  public Target target() {
    return target;
  }

  /** Its share of the requests beside the others, at least 1. */
  public int weight() {
    return weight;
  }

  /** Requests under way. */
  public int inFlight() {
    return inFlight;
  }

  /** Its load with one request more, for its weight; more than 0. */
  public double load() {
    return (inFlight + 1.0) / weight;
  }

  /**
   * The estimate of its time to first token, in nanoseconds; 0 where nothing is known.
   *
   * @param bytes size of the request
   */
  public double firstTokenNanos(int bytes) {
    return firstTokens.expected(bytes);
  }

  /** Whether it gets no new requests, for its operator said so. */
  boolean drained() {
    return drained;
  }

  void drain(boolean whether) {
    drained = whether;
  }

  boolean hasRoom() {
    return capacity == 0 || inFlight < capacity;
  }

  Breaker breaker() {
    return breaker;
  }

  /** Returns whether the request is a trial of a target that was not well. */
  boolean take() {
    inFlight++;
    return breaker.taken();
  }

  void tookToFirstToken(int bytes, long nanos) {
    firstTokens.took(bytes, nanos);
  }

  void release(Verdict verdict, boolean trial) {
    inFlight--;
    boolean counts = judged || verdict instanceof Verdict.Busy;
    breaker.ended(counts ? verdict : new Verdict.NoBlame(), trial);
  }
}
