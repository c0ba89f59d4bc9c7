package tayyar.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Splits a text at other texts, or at white space. */
final class Splits {
  private Splits() {}

  static Seq split(Text text, Arguments.Bound given, boolean fromRight) {
    long most = given.whole(1, -1);
    List<@Nullable Object> pieces =
        given.hasSome(0)
            ? at(text, given.text(0).chars(), most, fromRight)
            : atBlanks(text, most, fromRight);
    if (fromRight) {
      Collections.reverse(pieces);
    }
    return Seq.list(pieces);
  }

  private static List<@Nullable Object> at(
      Text text, String between, long most, boolean fromRight) {
    if (between.isEmpty()) {
      throw new Fault("a text is split at nothing");
    }
    String s = text.chars();
    var pieces = new ArrayList<@Nullable Object>();
    int from = 0;
    int to = s.length();
    while (most < 0 || pieces.size() < most) {
      int place = fromRight ? before(s, between, to) : s.indexOf(between, from);
      if (place < 0) {
        break;
      }
      int end = place + between.length();
      pieces.add(fromRight ? text.sub(end, to) : text.sub(from, place));
      from = fromRight ? from : end;
      to = fromRight ? place : to;
    }
    pieces.add(text.sub(from, to));
    return pieces;
  }

  private static int before(String s, String part, int end) {
    return end < part.length() ? -1 : s.lastIndexOf(part, end - part.length());
  }

  private static List<@Nullable Object> atBlanks(Text text, long most, boolean fromRight) {
    String s = text.chars();
    var pieces = new ArrayList<@Nullable Object>();
    int from = fromRight ? 0 : blanks(s, 0, true, 1);
    int to = fromRight ? blanks(s, s.length(), true, -1) : s.length();
    while (from < to && (most < 0 || pieces.size() < most)) {
      if (fromRight) {
        int begin = blanks(s, to, false, -1);
        pieces.add(text.sub(begin, to));
        to = blanks(s, begin, true, -1);
      } else {
        int end = blanks(s, from, false, 1);
        pieces.add(text.sub(from, end));
        from = blanks(s, end, true, 1);
      }
    }
    if (from < to) {
      pieces.add(text.sub(from, to));
    }
    return pieces;
  }

  /** The place where blanks, or else other characters, end in a direction. */
  private static int blanks(String s, int from, boolean wanted, int step) {
    int at = from;
    while (step > 0
        ? at < s.length() && Blanks.is(s.charAt(at)) == wanted
        : at > 0 && Blanks.is(s.charAt(at - 1)) == wanted) {
      at += step;
    }
    return at;
  }

  /** Splits a text into three: before a part, the part, behind it. */
  static Seq partition(Text text, Text part, boolean last) {
    if (part.isEmpty()) {
      throw new Fault("a text is split at nothing");
    }
    String s = text.chars();
    int at = last ? s.lastIndexOf(part.chars()) : s.indexOf(part.chars());
    if (at < 0) {
      Text nothing = text.sub(0, 0);
      return last ? Seq.tuple(nothing, nothing, text) : Seq.tuple(text, nothing, nothing);
    }
    int end = at + part.length();
    return Seq.tuple(text.sub(0, at), text.sub(at, end), text.sub(end));
  }
}
