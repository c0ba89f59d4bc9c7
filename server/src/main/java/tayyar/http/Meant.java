package tayyar.http;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Guesses the intended path where a client's base URL has a part too many or too few. */
final class Meant {
  private static final int CHARS_MAX = 200;

  private Meant() {}

  /**
   * Returns an existing path that differs only in slashes, or in whole parts at its beginning.
   *
   * @param known paths without parameters
   * @param there whether a path exists
   * @return empty where there is none
   */
  static String path(String asked, Set<String> known, Predicate<String> there) {
    String plain = asked.length() > CHARS_MAX ? "" : asked.replaceAll("/+", "/");
    while (plain.endsWith("/")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    if (plain.isEmpty() || there.test(plain)) {
      return plain;
    }
    for (String path : new TreeSet<>(known)) {
      int part = path.indexOf('/', 1);
      if (part > 0 && there.test(path.substring(0, part) + plain)) {
        return path.substring(0, part) + plain;
      }
    }
    for (int slash = plain.indexOf('/', 1); slash > 0; slash = plain.indexOf('/', slash + 1)) {
      if (there.test(plain.substring(slash))) {
        return plain.substring(slash);
      }
    }
    return "";
  }
}
