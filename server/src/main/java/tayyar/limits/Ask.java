package tayyar.limits;

import java.util.ArrayList;
import java.util.List;

/**
 * What a gateway tells the shared counters of one organisation, and asks of them. All is told
 * before the first wish is looked at.
 *
 * @param counters each of them once
 * @param wishes in their order
 */
public record Ask(String organisation, List<Counter> counters, List<Wish> wishes) {
  /**
   * All but the names, as the counters' programs read it: for each counter 1 for places or else 0,
   * more, slot, back, back of the slot before, held; then the number of wishes, and for each the
   * number of its parts and of each part counter, limit, need, ahead.
   */
  public List<Long> numbers() {
    List<Long> all = new ArrayList<>();
    for (Counter its : counters) {
      add(all, its.kind() == Kind.PLACES ? 1 : 0);
      add(all, its.more(), its.slot(), its.back(), its.backBefore(), its.held());
    }
    add(all, wishes.size());
    for (Wish wish : wishes) {
      add(all, wish.parts().size());
      for (Part part : wish.parts()) {
        add(all, part.counter(), part.limit(), part.need(), part.ahead());
      }
    }
    return all;
  }

  private static void add(List<Long> all, long... numbers) {
    for (long number : numbers) {
      all.add(number);
    }
  }

  /**
   * What is told of one counter. A slot is a minute of the counters' clock, since 1970.
   *
   * @param holder the key's, project's or organisation's id
   * @param more units of a window that were used without having been asked for, at least 0
   * @param slot the latest that the gateway knows of; negative for none
   * @param back units leased in this slot that are given back
   * @param backBefore the same of the slot before
   * @param held places that the gateway holds, used or not
   */
  public record Counter(
      String holder, Kind kind, long more, long slot, long back, long backBefore, long held) {
    /** Its name among those of its organisation. */
    public String name() {
      String letter =
          switch (kind) {
            case REQUESTS -> "r:";
            case TOKENS -> "t:";
            case PLACES -> "o:";
          };
      return letter + holder;
    }
  }

  /**
   * Units of one counter.
   *
   * @param counter its place in the list
   * @param limit what the counter may come to
   * @param need units without which the wish is refused; 0 only asks for more
   * @param ahead units more that are welcome; the counter gives at most an eighth of what is left
   */
  public record Part(int counter, long limit, long need, long ahead) {}

  /** Units of several counters: all of what is needed, or nothing. */
  public record Wish(List<Part> parts) {}
}
