package tayyar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** An axis: the places of values, and its labels. Immutable. */
sealed interface Scale {
  /** The place of a value: 0 at the axis' beginning, 1 at its end. */
  double at(double value);

  /** The labels on the axis. */
  List<Tick> ticks();

  /** One mark. */
  record Tick(double value, String label) {}

  /** Linear, from 0. */
  record Linear(double most, List<Tick> ticks) implements Scale {
    static Linear to(double value, DoubleFunction<String> label) {
      double top = value > 0 ? value : 1;
      double rough = top / 4;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double step =
          power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
      int steps = (int) Math.ceil(top / step - 1e-9);
      List<Tick> ticks = new ArrayList<>();
      for (int i = 0; i <= steps; i++) {
        ticks.add(new Tick(i * step, label.apply(i * step)));
      }
      return new Linear(steps * step, ticks);
    }

    /** This scale up to a value. */
    Linear upTo(double end) {
      return new Linear(end, ticks.stream().filter(tick -> tick.value() <= end).toList());
    }

    @Override
    public double at(double value) {
      return value / most;
    }
  }

  /** Logarithmic: all powers of ten are equally wide. */
  record Log(double least, double most, List<Tick> ticks) implements Scale {
    private static final double[] STEPS = {1, 2, 5};
    private static final double MANY_DECADES = 2.5;

    static Log between(double from, double to, DoubleFunction<String> label) {
      double least = down(Math.max(from, 1e-6));
      double most = Math.max(up(Math.max(to, 1e-6)), least * 2);
      boolean wide = Math.log10(most / least) > MANY_DECADES;
      List<Tick> ticks = new ArrayList<>();
      for (int power = (int) Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
        for (double step : wide ? new double[] {1} : STEPS) {
          double value = step * Math.pow(10, power);
          if (value >= least * 0.999 && value <= most * 1.001) {
            ticks.add(new Tick(value, label.apply(value)));
          }
        }
      }
      return new Log(least, most, ticks);
    }

    private static double down(double value) {
      double power = Math.pow(10, Math.floor(Math.log10(value)));
      double rest = value / power;
      return power * (rest >= 5 ? 5 : rest >= 2 ? 2 : 1);
    }

    private static double up(double value) {
      double power = Math.pow(10, Math.floor(Math.log10(value)));
      double rest = value / power;
      return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
    }

    @Override
    public double at(double value) {
      return Math.clamp(Math.log(value / least) / Math.log(most / least), 0, 1);
    }
  }

  /** Percentiles, wider towards 100, so that rare values are seen. */
  record Tail(double most, List<Tick> ticks) implements Scale {
    private static final double[] MARKS = {0, 50, 75, 90, 95, 99, 99.9, 99.99};

    static Tail to(double most) {
      List<Tick> ticks = new ArrayList<>();
      for (double mark : MARKS) {
        if (mark <= most) {
          String text =
              mark == Math.rint(mark) ? Long.toString((long) mark) : Double.toString(mark);
          ticks.add(new Tick(mark, text));
        }
      }
      return new Tail(most, ticks);
    }

    @Override
    public double at(double value) {
      return nines(value) / nines(most);
    }

    private static double nines(double percent) {
      return -Math.log10(1 - Math.min(percent, 99.999) / 100);
    }
  }
}
