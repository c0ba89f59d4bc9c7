package tayyar.keys;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.Key;

/** Who is it, among 10,000 keys. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyBenchmark {
  private static final int KEYS = 10_000;

  private final KeyRing ring = new KeyRing();

  /** Fills the ring. */
  public KeyBenchmark() {
    Map<Fingerprint, Key> keys = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      keys.put(Fingerprint.of("sk-" + i), new Key("k" + i, "", "sk-...", 600, false));
    }
    ring.swap(new Snapshot(keys));
  }

  @Benchmark
  public KeyRing.Check known() {
    return ring.check("Bearer sk-4711");
  }

  @Benchmark
  public KeyRing.Check unknown() {
    return ring.check("Bearer sk-nobody");
  }
}
