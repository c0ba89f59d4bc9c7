package tayyar.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sets of characters as bytes of UTF-8. */
final class Utf8Ranges {
  /** The last characters of one, two, three and four bytes. */
  private static final int[] LAST = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

  private Utf8Ranges() {}

  /** Adds the nodes that take one character of a set, which is not empty; they end a rule. */
  static int nodes(CharSet set, Net net) {
    var starts = new ArrayList<Integer>();
    List<Integer> ranges = set.ranges();
    for (int i = 0; i < ranges.size(); i += 2) {
      int from = ranges.get(i);
      for (int last : LAST) {
        if (from <= last && from <= ranges.get(i + 1)) {
          int to = Math.min(last, ranges.get(i + 1));
          split(bytes(from), bytes(to), 0, Net.END, net, starts);
          from = to + 1;
        }
      }
    }
    int at = starts.getLast();
    for (int i = starts.size() - 2; i >= 0; i--) {
      at = net.either(starts.get(i), at);
    }
    return at;
  }

  private static byte[] bytes(int character) {
    return Character.toString(character).getBytes(StandardCharsets.UTF_8);
  }

  /** Adds what begins at a byte of two ends that have the same bytes before it. */
  private static void split(
      byte[] from, byte[] to, int at, int then, Net net, List<Integer> starts) {
    int first = from[at] & 255;
    int last = to[at] & 255;
    if (at == from.length - 1) {
      starts.add(net.bytes(first, last, then));
      return;
    }
    if (first == last) {
      starts.add(net.bytes(first, first, rest(from, to, at + 1, then, net)));
      return;
    }
    boolean lowFull = isAll(from, at + 1, 0x80);
    boolean highFull = isAll(to, at + 1, 0xBF);
    if (!lowFull) {
      byte[] end = filled(from, at + 1, 0xBF);
      starts.add(net.bytes(first, first, rest(from, end, at + 1, then, net)));
    }
    int middleFrom = lowFull ? first : first + 1;
    int middleTo = highFull ? last : last - 1;
    if (middleFrom <= middleTo) {
      int node = then;
      for (int i = at + 1; i < from.length; i++) {
        node = net.bytes(0x80, 0xBF, node);
      }
      starts.add(net.bytes(middleFrom, middleTo, node));
    }
    if (!highFull) {
      byte[] begin = filled(to, at + 1, 0x80);
      starts.add(net.bytes(last, last, rest(begin, to, at + 1, then, net)));
    }
  }

  private static int rest(byte[] from, byte[] to, int at, int then, Net net) {
    var starts = new ArrayList<Integer>();
    split(from, to, at, then, net, starts);
    int node = starts.getLast();
    for (int i = starts.size() - 2; i >= 0; i--) {
      node = net.either(starts.get(i), node);
    }
    return node;
  }

  private static boolean isAll(byte[] bytes, int from, int value) {
    for (int i = from; i < bytes.length; i++) {
      if ((bytes[i] & 255) != value) {
        return false;
      }
    }
    return true;
  }

  private static byte[] filled(byte[] bytes, int from, int value) {
    byte[] copy = bytes.clone();
    for (int i = from; i < copy.length; i++) {
      copy[i] = (byte) value;
    }
    return copy;
  }
}
