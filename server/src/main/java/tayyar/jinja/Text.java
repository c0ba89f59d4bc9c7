package tayyar.jinja;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text that knows which of its characters somebody said, that is, which come from a message; the
 * others are the template's own. Texts that are made of texts keep that knowledge. An operation
 * that can't track single characters marks its whole result as said if anything in its input was.
 * Two texts are equal if their characters are. Immutable.
 */
public final class Text {
  private static final int[] NOTHING = {};

  static final Text EMPTY = of("");

  private final String chars;

  /** The beginning and the end of each part that was said, ascending; no two parts touch. */
  private final int[] said;

  /** Whether it is Python's {@code Markup}, which escapes texts that are added to it. */
  private final boolean markup;

  /** The number of code points; -1 until it is first needed. */
  private int count = -1;

  Text(String chars, int[] said, boolean markup) {
    this.chars = chars;
    this.said = said;
    this.markup = markup;
  }

  /** A text of the template or of the program. */
  public static Text of(String chars) {
    return new Text(chars, NOTHING, false);
  }

  /** A text that somebody said. */
  public static Text said(String chars) {
    return of(chars, true);
  }

  static Text of(String chars, boolean said) {
    return new Text(
        chars, said && !chars.isEmpty() ? new int[] {0, chars.length()} : NOTHING, false);
  }

  /** The characters. */
  public String chars() {
    return chars;
  }

  /** Whether one of the characters from a place up to another was said. */
  public boolean saidWithin(int from, int to) {
    int at = rangeAt(from);
    return from < to && at < said.length && said[at] < to;
  }

  /** The first range that ends behind a place, as an index into {@link #said}. */
  private int rangeAt(int from) {
    int found = Arrays.binarySearch(said, from);
    int next = found >= 0 ? found + 1 : -found - 1;
    return next & ~1;
  }

  /** Whether any of it was said. */
  boolean saidAny() {
    return said.length > 0;
  }

  /** Both, one behind the other. */
  public Text plus(Text other) {
    return new TextBuilder().append(this).append(other).build();
  }

  int length() {
    return chars.length();
  }

  boolean isEmpty() {
    return chars.isEmpty();
  }

  Text sub(int from) {
    return sub(from, chars.length());
  }

  /** A part, by places in UTF-16. */
  Text sub(int from, int to) {
    if (from == 0 && to == chars.length()) {
      return this;
    }
    return new Text(chars.substring(from, to), saidOf(from, to), markup);
  }

  private int[] saidOf(int from, int to) {
    int first = rangeAt(from);
    int last = first;
    while (last < said.length && said[last] < to) {
      last += 2;
    }
    if (from >= to || first == last) {
      return NOTHING;
    }
    int[] part = Arrays.copyOfRange(said, first, last);
    for (int i = 0; i < part.length; i++) {
      part[i] = Math.clamp(part[i], from, to) - from;
    }
    return part;
  }

  /** The result of an operation that can't track single characters. */
  Text changed(String result) {
    return result.equals(chars) ? this : of(result, saidAny()).marked(markup);
  }

  /** The same characters; all of them count as said if the flag is set. */
  Text with(boolean saidToo) {
    return saidToo && !chars.isEmpty() ? new Text(chars, new int[] {0, length()}, markup) : this;
  }

  Text marked(boolean markup) {
    return this.markup == markup ? this : new Text(chars, said, markup);
  }

  boolean markup() {
    return markup;
  }

  int[] said() {
    return said;
  }

  /** Characters as Python counts them: code points. */
  int count() {
    if (count < 0) {
      count = chars.codePointCount(0, chars.length());
    }
    return count;
  }

  /** The place in UTF-16 of a character that exists, or the end. */
  int place(int character) {
    return count() == chars.length() ? character : chars.offsetByCodePoints(0, character);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Text text && chars.equals(text.chars);
  }

  @Override
  public int hashCode() {
    return chars.hashCode();
  }

  /** The characters for an error message, unless somebody said them. */
  String quoted() {
    return saidAny() ? "what was said" : "'" + chars + "'";
  }

  /** Describes the text without its characters, which may be private. */
  @Override
  public String toString() {
    return "Text[" + chars.length() + "]";
  }
}
