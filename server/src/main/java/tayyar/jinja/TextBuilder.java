package tayyar.jinja;

import java.util.Arrays;

/** Joins texts, and keeps which of their characters were said. */
final class TextBuilder {
  /** Most characters of one text. */
  static final int CHARS_MAX = 64 * 1024 * 1024;

  private final StringBuilder chars = new StringBuilder();
  private int[] said = new int[4];
  private int size;

  int length() {
    return chars.length();
  }

  /** Appends the template's own text. */
  TextBuilder append(String own) {
    return append(own, false);
  }

  TextBuilder append(String text, boolean wasSaid) {
    int begin = chars.length();
    chars.append(text);
    checkRoom();
    if (wasSaid) {
      mark(begin, chars.length());
    }
    return this;
  }

  TextBuilder append(Text text) {
    int begin = chars.length();
    chars.append(text.chars());
    checkRoom();
    int[] ranges = text.said();
    for (int i = 0; i < ranges.length; i += 2) {
      mark(begin + ranges[i], begin + ranges[i + 1]);
    }
    return this;
  }

  private void checkRoom() {
    if (chars.length() > CHARS_MAX) {
      throw new Fault("a text becomes too long");
    }
  }

  private void mark(int from, int to) {
    if (from == to) {
      return;
    }
    if (size > 0 && said[size - 1] == from) {
      said[size - 1] = to;
      return;
    }
    if (size == said.length) {
      said = Arrays.copyOf(said, size * 2);
    }
    said[size++] = from;
    said[size++] = to;
  }

  Text build() {
    return new Text(chars.toString(), Arrays.copyOf(said, size), false);
  }
}
