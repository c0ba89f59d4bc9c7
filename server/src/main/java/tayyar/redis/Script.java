package tayyar.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tayyar.limits.Answer;
import tayyar.limits.Ask;
import tayyar.limits.Kind;

/** What {@code shares.lua} takes and gives. */
final class Script {
  /** A gateway that has not told its places for so long has none. */
  static final long BELIEVED_MILLIS = 15_000;

  private static final String PREFIX = "tayyar:";

  private Script() {}

  /** Its text. */
  static String text() {
    try (InputStream in = Script.class.getResourceAsStream("shares.lua")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The counters' keys: those of one organisation in one slot of a cluster. */
  static String[] keys(Ask ask) {
    return ask.counters().stream()
        .map(its -> PREFIX + "{" + ask.organisation() + "}:" + letter(its.kind()) + its.holder())
        .toArray(String[]::new);
  }

  private static String letter(Kind kind) {
    return switch (kind) {
      case REQUESTS -> "r:";
      case TOKENS -> "t:";
      case PLACES -> "o:";
    };
  }

  /** Its arguments. */
  static String[] arguments(String gateway, Ask ask) {
    List<String> all = new ArrayList<>();
    all.add(gateway);
    add(all, BELIEVED_MILLIS);
    for (Ask.Counter its : ask.counters()) {
      add(all, its.kind() == Kind.PLACES ? 1 : 0);
      add(all, its.more(), its.slot(), its.back(), its.backBefore(), its.held());
    }
    add(all, ask.wishes().size());
    for (Ask.Wish wish : ask.wishes()) {
      add(all, wish.parts().size());
      for (Ask.Part part : wish.parts()) {
        add(all, part.counter(), part.limit(), part.need(), part.ahead());
      }
    }
    return all.toArray(String[]::new);
  }

  private static void add(List<String> all, long... numbers) {
    for (long number : numbers) {
      all.add(Long.toString(number));
    }
  }

  /** Reads what it returned. */
  static Answer answer(Ask ask, List<?> returned) {
    var numbers = returned.iterator();
    long slot = (Long) numbers.next();
    List<Long> used = new ArrayList<>();
    for (int i = 0; i < ask.counters().size(); i++) {
      used.add((Long) numbers.next());
    }
    List<Answer.Outcome> outcomes = new ArrayList<>();
    for (Ask.Wish wish : ask.wishes()) {
      if ((Long) numbers.next() == 0) {
        int part = Math.toIntExact((Long) numbers.next());
        outcomes.add(new Answer.Denied(part, (Long) numbers.next()));
        continue;
      }
      List<Long> units = new ArrayList<>();
      for (int i = 0; i < wish.parts().size(); i++) {
        units.add((Long) numbers.next());
      }
      outcomes.add(new Answer.Granted(units));
    }
    return new Answer(slot, outcomes, used);
  }
}
