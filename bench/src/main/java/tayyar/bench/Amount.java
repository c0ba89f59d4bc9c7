package tayyar.bench;

import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * A number of tokens that is drawn anew for each request. Every draw is from 1 to {@link #MOST}.
 * Immutable.
 */
public sealed interface Amount {
  /** The largest that can be drawn. */
  int MOST = 1_000_000;

  /** The next one. */
  int draw(RandomGenerator random);

  /** Always the same number. */
  record Fixed(int tokens) implements Amount {
    /** Refuses what is out of range. */
    public Fixed {
      check(tokens >= 1 && tokens <= MOST, "a fixed number");
    }

    @Override
    public int draw(RandomGenerator random) {
      return tokens;
    }

    @Override
    public String toString() {
      return Integer.toString(tokens);
    }
  }

  /** All numbers between two, both included, are equally likely. */
  record Uniform(int least, int most) implements Amount {
    /** Refuses what is out of range. */
    public Uniform {
      check(least >= 1 && least <= most && most <= MOST, "uniform:LEAST-MOST");
    }

    @Override
    public int draw(RandomGenerator random) {
      return random.nextInt(least, most + 1);
    }

    @Override
    public String toString() {
      return "uniform:" + least + "-" + most;
    }
  }

  /** A bell curve around a mean. */
  record Normal(double mean, double deviation, int most) implements Amount {
    /** Refuses what is out of range. */
    public Normal {
      check(mean >= 1 && deviation >= 0 && bounded(most), "normal:MEAN,DEVIATION[,MOST]");
    }

    @Override
    public int draw(RandomGenerator random) {
      return clamp(mean + deviation * random.nextGaussian(), most);
    }

    @Override
    public String toString() {
      return "normal:" + plain(mean) + "," + plain(deviation) + tail(most);
    }
  }

  /** Many short and few long ones, as people's prompts are: e to the power of a bell curve. */
  record Lognormal(double median, double sigma, int most) implements Amount {
    /** Refuses what is out of range. */
    public Lognormal {
      check(median >= 1 && sigma >= 0 && bounded(most), "lognormal:MEDIAN,SIGMA[,MOST]");
    }

    @Override
    public int draw(RandomGenerator random) {
      return clamp(median * Math.exp(sigma * random.nextGaussian()), most);
    }

    @Override
    public String toString() {
      return "lognormal:" + plain(median) + "," + plain(sigma) + tail(most);
    }
  }

  /** Mostly short, with a long tail. */
  record Exponential(double mean, int most) implements Amount {
    /** Refuses what is out of range. */
    public Exponential {
      check(mean >= 1 && bounded(most), "exponential:MEAN[,MOST]");
    }

    @Override
    public int draw(RandomGenerator random) {
      return clamp(mean * random.nextExponential(), most);
    }

    @Override
    public String toString() {
      return "exponential:" + plain(mean) + tail(most);
    }
  }

  /**
   * Reads an amount: {@code 128}, {@code uniform:10-200}, {@code normal:200,50}, {@code
   * lognormal:200,0.8,4000} or {@code exponential:200}.
   *
   * @throws PlanException with a sentence that names a right form
   */
  static Amount of(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "fixed" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1).strip();
    try {
      String[] numbers = rest.split(kind.equals("uniform") ? "-" : ",", -1);
      return switch (kind) {
        case "fixed" -> new Fixed(Integer.parseInt(rest));
        case "uniform" -> new Uniform(whole(numbers, 0), last(numbers, 1));
        case "normal" -> new Normal(real(numbers, 0), real(numbers, 1), most(numbers, 2));
        case "lognormal" -> new Lognormal(real(numbers, 0), real(numbers, 1), most(numbers, 2));
        case "exponential" -> new Exponential(real(numbers, 0), most(numbers, 1));
        default -> throw unreadable(text);
      };
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw unreadable(text);
    }
  }

  private static PlanException unreadable(String text) {
    return new PlanException(
        "'%s' is no number of tokens; write 128, uniform:10-200, normal:200,50, lognormal:200,0.8 or exponential:200."
            .formatted(text));
  }

  private static int whole(String[] numbers, int at) {
    return Integer.parseInt(numbers[at].strip());
  }

  private static double real(String[] numbers, int at) {
    return Double.parseDouble(numbers[at].strip());
  }

  private static int last(String[] numbers, int at) {
    if (numbers.length > at + 1) {
      throw new NumberFormatException("too many numbers");
    }
    return whole(numbers, at);
  }

  private static int most(String[] numbers, int at) {
    return numbers.length == at ? MOST : last(numbers, at);
  }

  private static boolean bounded(int most) {
    return most >= 1 && most <= MOST;
  }

  private static int clamp(double drawn, int most) {
    return (int) Math.clamp(Math.round(drawn), 1L, most);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static String tail(int most) {
    return most == MOST ? "" : "," + most;
  }

  private static void check(boolean good, String form) {
    if (!good) {
      throw new PlanException(
          "A number of tokens is out of range; " + form + " takes 1 to " + MOST + ".");
    }
  }
}
