package tayyar.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/** Turns histograms of nanoseconds into figures, and into text and back. */
final class Latencies {
  /** Shares at which a curve is kept, in percent. */
  static final double[] CURVE = {
    0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 84, 87, 90, 92, 94, 95, 96,
    97, 98, 98.5, 99, 99.3, 99.5, 99.7, 99.8, 99.9, 99.95, 99.97, 99.99
  };

  /** The figures of an empty histogram. */
  static final Run.Latency NONE = new Run.Latency(0, 0, 0, 0, 0, 0, 0, 0, List.of());

  private Latencies() {}

  static Run.Latency of(AbstractHistogram nanos) {
    if (nanos.getTotalCount() == 0) {
      return NONE;
    }
    List<Double> curve = new ArrayList<>();
    Arrays.stream(CURVE).forEach(share -> curve.add(at(nanos, share)));
    return new Run.Latency(
        nanos.getTotalCount(),
        millis(Math.round(nanos.getMean())),
        at(nanos, 50),
        at(nanos, 90),
        at(nanos, 95),
        at(nanos, 99),
        at(nanos, 99.9),
        millis(nanos.getMaxValue()),
        curve);
  }

  static double at(AbstractHistogram nanos, double share) {
    return nanos.getTotalCount() == 0 ? 0 : millis(nanos.getValueAtPercentile(share));
  }

  /** Milliseconds, exact to the microsecond. */
  static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  static String text(AbstractHistogram nanos) {
    if (nanos.getTotalCount() == 0) {
      return "";
    }
    ByteBuffer bytes = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
    int size = nanos.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), size));
  }

  static Histogram read(String text) {
    if (text.isEmpty()) {
      return new Histogram(3);
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
    } catch (DataFormatException | IllegalArgumentException e) {
      throw new PlanException("The file has a histogram that can't be read.");
    }
  }
}
