package tayyar.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A set of characters, as sorted ranges that do not touch; never with surrogates, which are no
 * characters.
 *
 * @param ranges from and to, both in it, one pair after the other
 */
record CharSet(List<Integer> ranges) {
  private static final int LAST = 0x10FFFF;
  private static final int SURROGATE_FIRST = 0xD800;
  private static final int SURROGATE_LAST = 0xDFFF;

  static final CharSet ALL = of(0, LAST);
  static final CharSet DIGITS = of('0', '9');
  static final CharSet HEX = of('0', '9', 'a', 'f', 'A', 'F');
  static final CharSet WORD = of('a', 'z', 'A', 'Z', '0', '9', '_', '_');
  static final CharSet BLANK =
      of(
          9, 13, 32, 32, 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F,
          0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF);

  /** The set of these pairs of first and last characters, in any order. */
  static CharSet of(int... pairs) {
    var all = new ArrayList<int[]>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] < SURROGATE_FIRST && pairs[i + 1] > SURROGATE_LAST) {
        all.add(new int[] {pairs[i], SURROGATE_FIRST - 1});
        all.add(new int[] {SURROGATE_LAST + 1, pairs[i + 1]});
      } else {
        all.add(outside(pairs[i], pairs[i + 1]));
      }
    }
    all.removeIf(range -> range[0] > range[1]);
    all.sort(Comparator.comparingInt(range -> range[0]));
    return new CharSet(joined(all));
  }

  /** A range that begins or ends among the surrogates, without them. */
  private static int[] outside(int from, int to) {
    boolean first = from >= SURROGATE_FIRST && from <= SURROGATE_LAST;
    boolean last = to >= SURROGATE_FIRST && to <= SURROGATE_LAST;
    return new int[] {first ? SURROGATE_LAST + 1 : from, last ? SURROGATE_FIRST - 1 : to};
  }

  private static List<Integer> joined(List<int[]> sorted) {
    var out = new ArrayList<Integer>();
    for (int[] range : sorted) {
      int end = out.size() - 1;
      if (end > 0 && range[0] <= out.get(end) + 1) {
        out.set(end, Math.max(out.get(end), range[1]));
      } else {
        out.add(range[0]);
        out.add(range[1]);
      }
    }
    return List.copyOf(out);
  }

  CharSet plus(CharSet other) {
    int[] both = Arrays.copyOf(pairs(), ranges.size() + other.ranges.size());
    System.arraycopy(other.pairs(), 0, both, ranges.size(), other.ranges.size());
    return of(both);
  }

  CharSet negated() {
    var out = new ArrayList<Integer>();
    int next = 0;
    for (int i = 0; i < ranges.size(); i += 2) {
      if (ranges.get(i) > next) {
        out.add(next);
        out.add(ranges.get(i) - 1);
      }
      next = ranges.get(i + 1) + 1;
    }
    if (next <= LAST) {
      out.add(next);
      out.add(LAST);
    }
    return of(out.stream().mapToInt(Integer::intValue).toArray());
  }

  CharSet minus(CharSet other) {
    return negated().plus(other).negated();
  }

  boolean has(int character) {
    for (int i = 0; i < ranges.size(); i += 2) {
      if (character >= ranges.get(i) && character <= ranges.get(i + 1)) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  private int[] pairs() {
    return ranges.stream().mapToInt(Integer::intValue).toArray();
  }
}
