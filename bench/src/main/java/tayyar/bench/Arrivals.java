package tayyar.bench;

/** The arrivals of requests. Immutable. */
public sealed interface Arrivals {

  /**
   * A closed loop: a number of users, each of whom asks again as soon as the answer is there. A
   * slow server is asked less.
   *
   * @param users 1 to 100,000
   */
  record ClosedLoop(int users) implements Arrivals {
    /** Refuses what is out of range. */
    public ClosedLoop {
      if (users < 1 || users > 100_000) {
        throw new PlanException("--concurrency is " + users + "; it must be 1 to 100000.");
      }
    }

    @Override
    public String toString() {
      return users + (users == 1 ? " user" : " users") + ", each asking again at once";
    }
  }

  /**
   * An open loop: requests come at their time, however long the answers take. A slow server is
   * asked as much as a fast one.
   *
   * @param perSecond above 0, at most 1,000,000
   * @param poisson whether the gaps are random, as those of many independent people are
   */
  record OpenLoop(double perSecond, boolean poisson) implements Arrivals {
    /** Refuses what is out of range. */
    public OpenLoop {
      if (!(perSecond > 0 && perSecond <= 1_000_000)) {
        throw new PlanException("--rate is " + perSecond + "; it must be above 0.");
      }
    }

    @Override
    public String toString() {
      String number =
          perSecond == Math.rint(perSecond)
              ? Long.toString((long) perSecond)
              : Double.toString(perSecond);
      return number + " requests a second, " + (poisson ? "Poisson" : "evenly spaced");
    }
  }
}
