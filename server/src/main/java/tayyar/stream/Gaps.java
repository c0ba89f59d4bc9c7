package tayyar.stream;

/**
 * The times between two deltas of one stream, in microseconds, in buckets no wider than a quarter
 * of their value. Costs a stream of more than one token 512 bytes. Not safe for use by more than
 * one thread.
 */
final class Gaps {
  private static final int BUCKETS = 128;

  private static final int[] NONE = {};

  private int[] counts = NONE;
  private int total;

  void record(long micros) {
    if (total == 0) {
      counts = new int[BUCKETS];
    }
    counts[bucket(Math.max(0, micros))]++;
    total++;
  }

  /**
   * Returns the gap that the given share of all gaps does not exceed.
   *
   * @param share 0 to 1
   * @return microseconds, the middle of the bucket; -1 where there was no gap
   */
  long percentile(double share) {
    if (total == 0) {
      return -1;
    }
    long rank = Math.max(1, (long) Math.ceil(share * total));
    int bucket = 0;
    for (long seen = counts[0]; seen < rank; seen += counts[bucket]) {
      bucket++;
    }
    return (lowest(bucket) + lowest(bucket + 1)) / 2;
  }

  /** Values below 4 have a bucket each; above, each power of two has four. */
  private static int bucket(long value) {
    if (value < 4) {
      return (int) value;
    }
    int power = 63 - Long.numberOfLeadingZeros(value);
    int quarter = (int) (value >>> (power - 2)) & 3;
    return Math.min(BUCKETS - 1, (power - 1) * 4 + quarter);
  }

  private static long lowest(int bucket) {
    if (bucket < 4) {
      return bucket;
    }
    int power = bucket / 4 + 1;
    return (4L + bucket % 4) << (power - 2);
  }
}
