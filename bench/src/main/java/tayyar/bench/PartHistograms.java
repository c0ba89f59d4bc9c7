package tayyar.bench;

import java.util.List;
import java.util.TreeMap;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Histograms of parts of a run, laid out so that the percentiles of any mixture of them are found
 * fast.
 */
final class PartHistograms {
  private final long[] values;
  private final long[][] counts;

  PartHistograms(List<? extends AbstractHistogram> parts) {
    TreeMap<Long, long[]> byValue = new TreeMap<>();
    for (int part = 0; part < parts.size(); part++) {
      for (HistogramIterationValue each : parts.get(part).recordedValues()) {
        long[] row =
            byValue.computeIfAbsent(each.getValueIteratedTo(), _ -> new long[parts.size()]);
        row[part] += each.getCountAtValueIteratedTo();
      }
    }
    values = byValue.keySet().stream().mapToLong(each -> each).toArray();
    counts = byValue.values().toArray(long[][]::new);
  }

  boolean isEmpty() {
    return values.length == 0;
  }

  /**
   * A percentile of a mixture, in milliseconds; no number where nothing is in it.
   *
   * @param weights the times that each part is in the mixture
   * @param share 0 to 100
   */
  double percentile(int[] weights, double share) {
    long total = 0;
    long[] sums = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      long[] row = counts[i];
      long sum = 0;
      for (int part = 0; part < weights.length; part++) {
        sum += weights[part] * row[part];
      }
      sums[i] = sum;
      total += sum;
    }
    long rank = Math.max(1, (long) Math.ceil(share / 100 * total));
    long seen = 0;
    for (int i = 0; i < values.length; i++) {
      seen += sums[i];
      if (seen >= rank) {
        return values[i] / 1e6;
      }
    }
    return Double.NaN;
  }
}
