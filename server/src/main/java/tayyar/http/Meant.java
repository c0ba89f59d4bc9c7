package tayyar.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Guesses the intended path where a client's base URL has a part too many or too few, or where the
 * last part is misspelt.
 */
final class Meant {
  private static final int CHARS_MAX = 200;

  private static final Pattern VERSION = Pattern.compile("/v[0-9]+[a-z0-9]*");

  /** Letters of a last part for each that may be wrong in it. */
  private static final int LETTERS_A_SLIP = 4;

  private Meant() {}

  /**
   * Returns an existing path that differs only in slashes, in whole parts at its beginning, in
   * upper case, or in a few letters of its last part.
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
    List<String> nearby = nearby(plain, known);
    for (String path : nearby) {
      if (there.test(path)) {
        return path;
      }
    }
    nearby.addFirst(plain);
    for (String path : nearby) {
      for (String right : new TreeSet<>(known)) {
        if (isMisspelt(path.toLowerCase(Locale.ROOT), right)) {
          return right;
        }
      }
    }
    return "";
  }

  /** The path with another first part, without its first parts, and both; likely ones first. */
  private static List<String> nearby(String plain, Set<String> known) {
    var firsts = new TreeSet<String>();
    for (String path : known) {
      int part = path.indexOf('/', 1);
      if (part > 0) {
        firsts.add(path.substring(0, part));
      }
    }
    if (isOtherVersion(plain, firsts)) {
      firsts.clear(); // Its paths may mean something else.
    }
    var all = new ArrayList<String>();
    firsts.forEach(first -> all.add(first + plain));
    for (int slash = plain.indexOf('/', 1); slash > 0; slash = plain.indexOf('/', slash + 1)) {
      String rest = plain.substring(slash);
      all.add(rest);
      firsts.forEach(first -> all.add(first + rest));
    }
    return all;
  }

  private static boolean isOtherVersion(String plain, Set<String> firsts) {
    int end = plain.indexOf('/', 1);
    String first = end < 0 ? plain : plain.substring(0, end);
    return VERSION.matcher(first).matches() && !firsts.contains(first);
  }

  private static boolean isMisspelt(String path, String right) {
    int parent = right.lastIndexOf('/') + 1;
    int most = (right.length() - parent) / LETTERS_A_SLIP;
    return path.length() > parent
        && path.lastIndexOf('/') == parent - 1
        && path.startsWith(right.substring(0, parent))
        && slips(path.substring(parent), right.substring(parent), most) <= most;
  }

  /**
   * Counts the letters to add, to leave out or to change from one word to another; at least one
   * more than {@code most} where their lengths differ by more.
   *
   * @see <a href="https://en.wikipedia.org/wiki/Levenshtein_distance">Levenshtein distance</a>
   */
  private static int slips(String from, String to, int most) {
    if (Math.abs(from.length() - to.length()) > most) {
      return most + 1;
    }
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = corner + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
