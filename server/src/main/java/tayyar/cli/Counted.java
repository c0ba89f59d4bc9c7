package tayyar.cli;

/** Numbers of things, as people write them. */
final class Counted {
  private Counted() {}

  /** Returns "1 request", or "2 requests". */
  static String of(long count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }
}
