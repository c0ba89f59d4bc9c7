package tayyar.openai;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Refused;
import tayyar.wire.Utf8;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Reads one value of a request, or refuses it with the field's name. */
final class Values {
  /**
   * More than any conversation has, tools included. Each name is kept while a body is read, and
   * takes ten times the memory that it has on the wire.
   */
  private static final int MEMBERS_MAX = 100_000;

  /** The shortest with its comma: {@code "":1,}. */
  private static final int MEMBER_BYTES = 5;

  /** Its buffers belong to the thread: event loops parse, and those are few. */
  private static final JsonFactory JSON =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.threadLocalPool()).build();

  private Values() {}

  /** Begins to read a body: what the parser would read over must be text as well. */
  static JsonParser parser(byte[] body) {
    if (!Utf8.isWellFormed(body)) {
      throw new Refused(new ApiError.InvalidJson("it must be UTF-8."));
    }
    if (body.length > MEMBER_BYTES * MEMBERS_MAX && count(body, ":") > MEMBERS_MAX) {
      throw new Refused(new ApiError.InvalidJson("it has more than " + MEMBERS_MAX + " keys."));
    }
    return JSON.createParser(ObjectReadContext.empty(), body);
  }

  /** Counts the bytes outside of texts that are one of some, if it is JSON. */
  static int count(byte[] body, String of) {
    int count = 0;
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '"') {
        i = behindText(body, i + 1);
      } else if (of.indexOf(body[i]) >= 0) {
        count++;
      }
    }
    return count;
  }

  private static int behindText(byte[] body, int from) {
    int i = from;
    while (i < body.length && body[i] != '"') {
      i += body[i] == '\\' ? 2 : 1;
    }
    return i;
  }

  static Refused wrong(String where, String detail) {
    return new Refused(new ApiError.InvalidValue(where, detail));
  }

  /** Where the JSON is broken, without a word of its content. */
  static String where(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return at == null
        ? "it can't be read."
        : "it can't be read at line " + at.getLineNr() + ", column " + at.getColumnNr() + ".";
  }

  /**
   * Reads the members of a body, which must be one object with each name once.
   *
   * @return behind the object's opening brace
   */
  static int members(JsonParser p, BiConsumer<String, JsonToken> member) {
    if (p.nextToken() != JsonToken.START_OBJECT) {
      throw new Refused(new ApiError.InvalidJson("it must be an object."));
    }
    int open = (int) p.currentLocation().getByteOffset();
    if (open < 0) {
      throw new Refused(new ApiError.InvalidJson("it must be UTF-8."));
    }
    var names = new Names();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      if (!names.isNew(name)) {
        String shown = Clip.marked(100, name);
        throw new Refused(new ApiError.InvalidJson("the key '" + shown + "' stands in it twice."));
      }
      member.accept(name, p.nextToken());
    }
    if (p.nextToken() != null) {
      throw new Refused(new ApiError.InvalidJson("something follows behind the object."));
    }
    return open;
  }

  /** The names seen so far: a few are looked through, many need a set. */
  private static final class Names {
    private static final int FEW = 12;

    private final List<String> few = new ArrayList<>(FEW);
    private @Nullable Set<String> many;

    boolean isNew(String name) {
      if (many != null) {
        return many.add(name);
      }
      if (few.contains(name)) {
        return false;
      }
      few.add(name);
      if (few.size() == FEW) {
        many = new HashSet<>(few);
      }
      return true;
    }
  }

  static @Nullable String string(JsonParser p, String where) {
    return switch (p.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> p.getString();
      default -> throw wrong(where, "must be a string.");
    };
  }

  static boolean bool(JsonParser p, String where) {
    return switch (p.currentToken()) {
      case VALUE_NULL, VALUE_FALSE -> false;
      case VALUE_TRUE -> true;
      default -> throw wrong(where, "must be true or false.");
    };
  }

  static @Nullable Double number(JsonParser p, String where, double least, double most) {
    JsonToken value = p.currentToken();
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    double number = value.isNumeric() ? p.getDoubleValue() : Double.NaN;
    if (!(number >= least && number <= most)) {
      throw wrong(where, "must be a number from " + plain(least) + " to " + plain(most) + ".");
    }
    return number;
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound)
        ? Long.toString((long) bound)
        : String.format(Locale.ROOT, "%s", bound);
  }

  static @Nullable Integer integer(JsonParser p, String where, int least, int most) {
    if (p.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    BigInteger number = whole(p);
    if (number == null
        || number.compareTo(BigInteger.valueOf(least)) < 0
        || number.compareTo(BigInteger.valueOf(most)) > 0) {
      String range = most == Integer.MAX_VALUE ? "of at least " + least : least + " to " + most;
      throw wrong(
          where, "must be an integer " + (most == Integer.MAX_VALUE ? "" : "from ") + range + ".");
    }
    return number.intValue();
  }

  static boolean isMinusOne(JsonParser p) {
    return p.currentToken() == JsonToken.VALUE_NUMBER_INT
        && p.getNumberType() == JsonParser.NumberType.INT
        && p.getIntValue() == -1;
  }

  static @Nullable Long longInteger(JsonParser p, String where) {
    if (p.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    BigInteger number = whole(p);
    if (number == null || number.bitLength() > 63) {
      throw wrong(where, "must be an integer of 64 bits.");
    }
    return number.longValue();
  }

  /** The number, if it has no fraction: some clients send 100.0 for 100. */
  private static @Nullable BigInteger whole(JsonParser p) {
    if (p.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return p.getBigIntegerValue();
    }
    if (p.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      double number = p.getDoubleValue();
      return number == Math.rint(number) && Math.abs(number) < 1e15
          ? BigInteger.valueOf((long) number)
          : null;
    }
    return null;
  }

  static List<String> strings(JsonParser p, String where, JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return List.of();
    }
    if (value != JsonToken.START_ARRAY) {
      throw wrong(where, "must be an array of strings.");
    }
    var all = new ArrayList<String>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      if (p.currentToken() != JsonToken.VALUE_STRING) {
        throw wrong(where, "must be an array of strings.");
      }
      all.add(p.getString());
    }
    return all;
  }

  static boolean notEmptyArray(JsonParser p, String where) {
    if (p.currentToken() == JsonToken.VALUE_NULL) {
      return false;
    }
    if (p.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(where, "must be an array.");
    }
    boolean any = false;
    for (JsonToken next = p.nextToken(); !next.isStructEnd(); next = p.nextToken()) {
      any = true;
      p.skipChildren();
    }
    return any;
  }

  /** The member {@code type} of an object, {@code text} for a null in the object's place. */
  static @Nullable String typeOf(JsonParser p, String where, JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return "text";
    }
    if (value != JsonToken.START_OBJECT) {
      throw wrong(where, "must be an object.");
    }
    String type = null;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      p.nextToken();
      if (name.equals("type")) {
        type = string(p, where + ".type");
      } else {
        p.skipChildren();
      }
    }
    return type;
  }
}
