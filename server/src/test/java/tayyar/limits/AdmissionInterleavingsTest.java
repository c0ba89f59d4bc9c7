package tayyar.limits;

import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.api.Account;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Scope;

/**
 * Admission under all interleavings of a few requests that come and end: each is let in or refused
 * as a run of one thread would, at each level.
 */
@Param(name = "open", gen = IntGen.class, conf = "0:2")
public class AdmissionInterleavingsTest {
  private static final int AT_ONCE = 3;

  private static final Key MANY = key("a", 100);
  private static final Key ONCE = key("b", 1);

  private final Limiter limiter = new Limiter(() -> 0, 1_000, new Budget(Long.MAX_VALUE, () -> 0));
  private final List<Permit> open;

  /** As many requests run as may at once. */
  public AdmissionInterleavingsTest() {
    open = IntStream.range(0, AT_ONCE).mapToObj(_ -> granted()).toList();
  }

  private Permit granted() {
    return ((Admission.Granted) limiter.admit(MANY)).permit();
  }

  private static Key key(String id, int requests) {
    var account =
        new Account("p", "org", "org", false, false, 0, ZoneId.of("UTC"), null, null, null);
    return new Key(
        id,
        id,
        "",
        false,
        Key.NEVER,
        account,
        List.of(
            new Scope(Scope.Level.KEY, id, id, new Limits(requests, 0, 0, 0, 0, 0)),
            new Scope(Scope.Level.ORGANISATION, "org", "org", new Limits(0, 0, AT_ONCE, 0, 0, 0))));
  }

  /** One comes with a key that may do much. */
  @Operation
  public boolean admit() {
    return limiter.admit(MANY) instanceof Admission.Granted;
  }

  /** One comes with a key that may do one thing a minute. */
  @Operation
  public boolean admitOnce() {
    return limiter.admit(ONCE) instanceof Admission.Granted;
  }

  /** One of the first ends; more often than once where two say so. */
  @Operation
  public void end(@Param(name = "open") int which) {
    open.get(which).close();
  }

  @Test
  @Tag("socket")
  void eachIsLetInOrRefusedAtOneMoment() {
    new ModelCheckingOptions()
        .iterations(30)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(3)
        .invocationsPerIteration(1_000)
        // A window of 60 seconds is a loop of 60 turns, and no livelock.
        .loopBound(1_000)
        .check(AdmissionInterleavingsTest.class);
  }
}
