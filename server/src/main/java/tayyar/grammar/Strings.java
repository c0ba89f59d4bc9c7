package tayyar.grammar;

import static tayyar.grammar.Piece.seq;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.grammar.Piece.Times;

/** JSON strings of a length, pattern or format. */
final class Strings {
  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?";
  private static final String ZONE = "(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
  private static final String DATE =
      "(\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)"
          + "|02-(0[1-9]|1\\d|2[0-8])))";
  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)";
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?";
  private static final String HOST = "(" + LABEL + "\\.){1,4}[a-z]{2,12}";

  /** A part of what each format allows, so that what is written always is one. */
  private static final Map<String, String> FORMATS =
      Map.of(
          "date",
          DATE,
          "time",
          TIME + ZONE,
          "date-time",
          DATE + "T" + TIME + ZONE,
          "duration",
          "P(\\d{1,4}D|(\\d{1,4}D)?T(\\d{1,4}H(\\d{1,4}M)?|\\d{1,4}M|\\d{1,4}S))",
          "uuid",
          "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
          "email",
          "[A-Za-z0-9]{1,32}([._+-][A-Za-z0-9]{1,16}){0,3}@" + HOST,
          "hostname",
          HOST,
          "ipv4",
          BYTE + "(\\." + BYTE + "){3}",
          "ipv6",
          "([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
          "uri",
          "https?://" + HOST + "(/[A-Za-z0-9._~-]{0,64}){0,8}");

  private static final int LENGTH_MAX = 1_000_000;

  private Strings() {}

  /** The strings of a schema's keywords; those it does not have are null. */
  static Piece of(
      int least, int most, @Nullable String pattern, @Nullable String format, String where) {
    boolean bounded = least > 0 || most != Piece.ENDLESS;
    if (pattern != null && format != null) {
      throw Faults.wrong(where + ".format", "can't be held together with a pattern.");
    }
    if (format != null) {
      String known = FORMATS.get(format);
      if (known == null) {
        throw Faults.wrong(where + ".format", "can't be held: use " + FORMATS.keySet() + ".");
      }
      if (bounded) {
        throw Faults.wrong(where + ".format", "can't be held together with a length.");
      }
      return quoted(Regex.whole(known, where, JsonPieces::inString));
    }
    if (pattern == null) {
      return bounded ? quoted(new Times(JsonPieces.CHARACTER, least, most)) : JsonPieces.STRING;
    }
    Piece found = Regex.found(pattern, where + ".pattern", JsonPieces::inString);
    return quoted(bounded ? within(found, least, most, where) : found);
  }

  private static Piece quoted(Piece inner) {
    return seq("\"", inner, "\"");
  }

  /** A pattern with a length beside it: only where it is one character, repeated. */
  private static Piece within(Piece found, int least, int most, String where) {
    if (found instanceof Piece.Any(var one)
        && one.size() == 1
        && one.getFirst() instanceof Piece.Seq(var parts)
        && parts.getFirst().equals(Piece.EMPTY)
        && parts.getLast().equals(Piece.EMPTY)
        && parts.get(1) instanceof Piece.Seq(var middle)
        && middle.size() == 1
        && middle.getFirst() instanceof Times(Piece part, int fewest, int greatest)
        && isCharacter(part)) {
      return new Times(part, Math.max(least, fewest), Math.min(most, greatest));
    }
    throw Faults.wrong(where + ".pattern", "can't be held together with a length.");
  }

  private static boolean isCharacter(Piece part) {
    return switch (part) {
      case Piece.Chars _, Piece.Text _ -> true;
      case Piece.Any(var parts) ->
          parts.stream().allMatch(one -> one instanceof Piece.Chars || one instanceof Piece.Text);
      default -> false;
    };
  }

  /** A length, or what it is without one. */
  static int length(@Nullable Object value, int without, String where) {
    if (value == null) {
      return without;
    }
    if (value instanceof java.math.BigDecimal number
        && number.signum() >= 0
        && number.compareTo(java.math.BigDecimal.valueOf(LENGTH_MAX)) <= 0
        && number.stripTrailingZeros().scale() <= 0) {
      return number.intValueExact();
    }
    throw Faults.wrong(where, "must be a whole number from 0 to " + LENGTH_MAX + ".");
  }
}
