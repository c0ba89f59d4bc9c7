package tayyar.http;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A path with parameters, as in a {@link Route}. */
final class PathPattern {
  private final String[] segments;
  private final boolean takesRest;

  private PathPattern(String[] segments, boolean takesRest) {
    this.segments = segments;
    this.takesRest = takesRest;
  }

  static boolean hasParameters(String path) {
    return path.indexOf('{') >= 0;
  }

  static PathPattern of(String path) {
    return new PathPattern(path.split("/", -1), path.endsWith("*}"));
  }

  /**
   * Returns the parameters of a path that matches, none of them empty; null where it does not
   * match.
   */
  @Nullable Map<String, String> match(String path) {
    var found = new HashMap<String, String>(4);
    int from = 0;
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      int slash = last && takesRest ? -1 : path.indexOf('/', from);
      if (last != (slash < 0) || !fits(segments[i], path, from, last ? path.length() : slash)) {
        return null;
      }
      keep(found, segments[i], path, from, last ? path.length() : slash);
      from = slash + 1;
    }
    return found;
  }

  private static boolean fits(String segment, String path, int from, int to) {
    return segment.startsWith("{")
        ? to > from && path.charAt(to - 1) != '/'
        : to - from == segment.length() && path.startsWith(segment, from);
  }

  private static void keep(
      Map<String, String> found, String segment, String path, int from, int to) {
    if (segment.startsWith("{")) {
      int end = segment.length() - (segment.endsWith("*}") ? 2 : 1);
      found.put(segment.substring(1, end), path.substring(from, to));
    }
  }
}
