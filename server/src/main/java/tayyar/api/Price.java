package tayyar.api;

import java.math.BigInteger;

/**
 * What a model's tokens cost from a moment on. Never changed: another price is another version.
 *
 * <p>Money is a whole number of {@link Money#NANOS billionths} of the store's currency.
 *
 * @param id the version
 * @param model the model's name; an alias has its model's price
 * @param input of a million tokens read
 * @param cachedInput of a million tokens read that were in the prefix cache already
 * @param cacheWrite of a million tokens read that were written into a cache for later
 * @param output of a million tokens written
 * @param request of each answered request, besides its tokens
 * @param validFromMs since when it holds, milliseconds since the epoch
 */
public record Price(
    long id,
    String model,
    long input,
    long cachedInput,
    long cacheWrite,
    long output,
    long request,
    long validFromMs) {
  /** The highest price: of a million tokens a million units of the currency. */
  public static final long MAX = 1_000_000 * Money.NANOS;

  private static final long TOKENS = 1_000_000;

  /** Checks its numbers: each from 0 to {@link #MAX}. */
  public Price {
    for (long each : new long[] {input, cachedInput, cacheWrite, output, request}) {
      if (each < 0 || each > MAX) {
        throw new IllegalArgumentException("a price is from 0 to 1,000,000");
      }
    }
  }

  /** This price, or in each of its parts that of another where that is higher. */
  public Price orHigher(Price other) {
    return new Price(
        id,
        model,
        Math.max(input, other.input),
        Math.max(cachedInput, other.cachedInput),
        Math.max(cacheWrite, other.cacheWrite),
        Math.max(output, other.output),
        Math.max(request, other.request),
        validFromMs);
  }

  /**
   * What an answer costs, rounded up once. Tokens in a cache are of those read, never more.
   *
   * @return at least 0; of no token and no price of a request 0
   */
  public long of(Usage usage) {
    long cached = Math.min(usage.cachedTokens(), usage.promptTokens());
    long writes = usage.cacheWrites();
    long fresh = usage.promptTokens() - cached - writes;
    try {
      long read =
          Math.addExact(
              Math.addExact(
                  Math.multiplyExact(fresh, input), Math.multiplyExact(cached, cachedInput)),
              Math.multiplyExact(writes, cacheWrite));
      long millionths =
          Math.addExact(read, Math.multiplyExact((long) usage.completionTokens(), output));
      return Math.addExact(Math.ceilDiv(millionths, TOKENS), request);
    } catch (ArithmeticException e) {
      BigInteger all = exact(fresh, cached, writes, usage.completionTokens(), 1);
      return all.bitLength() < Long.SIZE ? all.longValue() : Long.MAX_VALUE;
    }
  }

  /**
   * The same of any number of tokens and answers.
   *
   * @param fresh tokens read that were in no cache and went into none
   * @param cached tokens read from a cache
   * @param writes tokens read and written into a cache
   * @param written tokens written
   * @param answers how many answers these are the tokens of
   */
  public BigInteger exact(long fresh, long cached, long writes, long written, long answers) {
    BigInteger millionths =
        product(fresh, input)
            .add(product(cached, cachedInput))
            .add(product(writes, cacheWrite))
            .add(product(written, output));
    BigInteger[] parts = millionths.divideAndRemainder(BigInteger.valueOf(TOKENS));
    BigInteger up = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
    return up.add(product(answers, request));
  }

  private static BigInteger product(long a, long b) {
    return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
  }
}
