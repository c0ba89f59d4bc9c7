package tayyar.engine;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the prompts that are being read share a step. The shortest goes first, so that answers begin
 * soonest on average: prompts of one length are read one behind the other, not all at once and
 * slowly. The one that has waited longest gets half, so that it gets on whoever comes.
 */
final class PromptShares {
  private PromptShares() {}

  /**
   * Shares tokens.
   *
   * @param left what each prompt lacks, at least 1, the one that has waited longest first
   * @param most what each may have in one step, at least 1
   * @param tokens that fit into the step, at least 0
   * @return tokens of each prompt, in the same order; together no more than fit
   */
  static int[] of(int[] left, int[] most, int tokens) {
    int[] may = IntStream.range(0, left.length).map(i -> Math.min(left[i], most[i])).toArray();
    int[] shares = new int[left.length];
    List<Integer> shortest =
        IntStream.range(0, left.length)
            .boxed()
            .sorted(Comparator.comparingInt(each -> left[each]))
            .toList();
    int room = tokens;
    if (left.length > 0 && left[0] > left[shortest.getFirst()]) {
      int others = IntStream.of(may).sum() - may[0];
      shares[0] = Math.min(may[0], Math.max(tokens / 2, tokens - others));
      room -= shares[0];
    }
    for (int each : shortest) {
      int more = Math.min(may[each] - shares[each], room);
      shares[each] += more;
      room -= more;
    }
    return shares;
  }
}
