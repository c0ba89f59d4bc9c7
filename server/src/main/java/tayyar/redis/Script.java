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
import tayyar.limits.Shares;

/** What {@code shares.lua} takes and gives. */
final class Script {
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
        .map(its -> PREFIX + "{" + ask.organisation() + "}:" + its.name())
        .toArray(String[]::new);
  }

  /** Its arguments. */
  static String[] arguments(String gateway, Ask ask) {
    List<String> all = new ArrayList<>();
    all.add(gateway);
    all.add(Long.toString(Shares.BELIEVED_MILLIS));
    ask.numbers().forEach(number -> all.add(Long.toString(number)));
    return all.toArray(String[]::new);
  }

  /** Reads what it returned. */
  static Answer answer(Ask ask, List<?> returned) {
    return Answer.of(ask, returned.stream().map(Long.class::cast).iterator());
  }
}
