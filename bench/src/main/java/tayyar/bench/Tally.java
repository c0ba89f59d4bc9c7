package tayyar.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The counts of one lane for one endpoint. One thread. */
final class Tally {
  static final int SAMPLES_MAX = 4000;

  private static final int CELLS_MAX = 1000;
  private static final String OTHER = "other";

  /** A key of separate counts; sums are made at the end. */
  record Cell(int model, int size, String target) {}

  /** One request, for the plots. */
  record Observation(
      double at, int model, int prompt, int output, long ttft, long e2e, boolean good) {}

  private final Map<Cell, Counts> cells = new HashMap<>();
  private final Map<String, Long> flaws = new TreeMap<>();
  private final List<Observation> samples = new ArrayList<>();
  private final List<Slices> turns = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private long sampled;

  void turn(Slices slices) {
    turns.add(slices);
  }

  Slices now() {
    return turns.getLast();
  }

  Counts cell(int model, int size, String target) {
    Cell cell = new Cell(model, size, target);
    Counts counts = cells.get(cell);
    if (counts == null) {
      cell = cells.size() < CELLS_MAX ? cell : new Cell(model, size, OTHER);
      counts = cells.computeIfAbsent(cell, _ -> new Counts(Times.large()));
    }
    return counts;
  }

  void flaw(String kind) {
    Counts.count(flaws, kind);
  }

  /** Keeps a request or not, so that the kept ones are a fair sample of all. */
  void sample(Observation seen) {
    sampled++;
    if (samples.size() < SAMPLES_MAX) {
      samples.add(seen);
      return;
    }
    long place = random.nextLong(sampled);
    if (place < SAMPLES_MAX) {
      samples.set((int) place, seen);
    }
  }

  /** Adds another lane's counts of the same endpoint and turns. */
  void add(Tally other) {
    other.cells.forEach(
        (cell, counts) -> cells.computeIfAbsent(cell, _ -> new Counts(Times.large())).add(counts));
    other.flaws.forEach((kind, count) -> flaws.merge(kind, count, Long::sum));
    samples.addAll(other.samples);
    for (int i = 0; i < turns.size(); i++) {
      turns.get(i).add(other.turns.get(i));
    }
  }

  Map<Cell, Counts> cells() {
    return cells;
  }

  Map<String, Long> flaws() {
    return flaws;
  }

  List<Observation> samples() {
    return samples;
  }

  List<Slices> turns() {
    return turns;
  }
}
