package tayyar.accounts;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A balance under all interleavings of a few requests and the lease that changes beside them: each
 * call sees what a run of one thread would.
 */
@Param(name = "amount", gen = IntGen.class, conf = "1:4")
public class BalanceInterleavingsTest {
  private final Balance balance = new Balance("org_1", new OneLender(0));

  /** Ten billionths are there. */
  public BalanceInterleavingsTest() {
    balance.allIsHere(true);
    balance.lent(10);
  }

  /** Holds a part, or what is there. */
  @Operation
  public long hold(@Param(name = "amount") int amount) {
    return balance.hold(amount, 0);
  }

  /** Holds all or nothing. */
  @Operation
  public boolean holdAll(@Param(name = "amount") int amount) {
    return balance.holdAll(amount);
  }

  /** An answer ends that cost this much, and held one more. */
  @Operation
  public void settle(@Param(name = "amount") int amount) {
    balance.settle(amount + 1, amount);
  }

  /** Looks at what is left. */
  @Operation
  public long available() {
    return balance.available();
  }

  /** The lease shrinks. */
  @Operation
  public long giveBack(@Param(name = "amount") int amount) {
    return balance.giveBack(amount);
  }

  /** The lease grows. */
  @Operation
  public void lent(@Param(name = "amount") int amount) {
    balance.lent(amount);
  }

  @Test
  @Tag("socket")
  void eachCallIsOfOneMoment() {
    new ModelCheckingOptions()
        .iterations(30)
        .threads(3)
        .actorsPerThread(2)
        .invocationsPerIteration(1_000)
        .check(BalanceInterleavingsTest.class);
  }
}
