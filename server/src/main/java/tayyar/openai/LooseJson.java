package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tayyar.wire.Utf8;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as servers write it: Python's writer says NaN and Infinity where a number is none. What is
 * written here is JSON.
 */
public final class LooseJson {
  /** Its buffers belong to the thread: event loops parse, and those are few. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  /** Numbers stay what they are, to the last digit. */
  private static final ObjectMapper TREES =
      JsonMapper.builder(FACTORY)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final byte[] LONE = "\\udc".getBytes(US_ASCII);
  private static final int REPAIRED_BYTES_MAX = 256 * 1024;

  private LooseJson() {}

  /** A parser; closing it is the caller's. */
  static JsonParser parser(byte[] bytes, int from, int to) {
    return FACTORY.createParser(ObjectReadContext.empty(), bytes, from, to - from);
  }

  /**
   * The first value.
   *
   * @throws tools.jackson.core.JacksonException where it is none
   */
  public static JsonNode tree(byte[] bytes, int from, int to) {
    try {
      return TREES.readTree(bytes, from, to - from);
    } catch (NumberFormatException e) {
      throw tooLarge(e);
    }
  }

  /**
   * The same where bytes of characters may be cut off, or be none: strings have lone surrogates
   * then, as {@link Texts} take them.
   *
   * @throws tools.jackson.core.JacksonException where it is none
   */
  public static JsonNode cutTree(byte[] bytes, int from, int to) {
    try {
      return tree(bytes, from, to);
    } catch (JacksonException e) {
      byte[] repaired = repaired(bytes, from, to);
      if (repaired == null) {
        throw e;
      }
      return tree(repaired, 0, repaired.length);
    }
  }

  /** The value under a parser, which stands at its end then. */
  static JsonNode tree(JsonParser p) {
    try {
      return TREES.readTree(p);
    } catch (NumberFormatException e) {
      throw tooLarge(e);
    }
  }

  /** Of a number whose exponent no int holds; the library lets it out as it is. */
  private static JacksonException tooLarge(NumberFormatException e) {
    return new StreamReadException(null, "a number is too large", e);
  }

  /**
   * JSON whose strings have bytes in them that are no UTF-8, so that a parser takes it: each stands
   * there as the escape of the lone surrogate U+DC00 and its value. {@link Half} makes characters
   * of them again.
   *
   * @return null where all of it is UTF-8, or it is larger than anybody's token
   */
  static byte @Nullable [] repaired(byte[] bytes, int from, int to) {
    if (to - from > REPAIRED_BYTES_MAX) {
      return null;
    }
    ByteArrayOutputStream out = null;
    int begun = from;
    for (int at = from; at < to; ) {
      int length = Utf8.length(bytes, at, to);
      if (length == 0) {
        out = out == null ? new ByteArrayOutputStream(to - from + 16) : out;
        out.write(bytes, begun, at - begun);
        out.writeBytes(LONE);
        out.write(Character.forDigit(bytes[at] >> 4 & 15, 16));
        out.write(Character.forDigit(bytes[at] & 15, 16));
        begun = at + 1;
      }
      at += Math.max(1, length);
    }
    if (out == null) {
      return null;
    }
    out.write(bytes, begun, to - begun);
    return out.toByteArray();
  }

  /** The string under a parser; something else is empty. */
  static String string(JsonParser p, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return p.getString();
    }
    p.skipChildren();
    return "";
  }

  /** The whole number under a parser; something else is {@code otherwise}. */
  static int integer(JsonParser p, JsonToken value, int otherwise) {
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return integer(p);
    }
    p.skipChildren();
    return otherwise;
  }

  /** The whole number under a parser; the largest int where it is of no int's size. */
  static int integer(JsonParser p) {
    return p.getNumberType() == JsonParser.NumberType.INT ? p.getIntValue() : Integer.MAX_VALUE;
  }

  /**
   * The value under a parser, written anew on one line; the parser stands at its end then.
   *
   * @param instead what is written for a number that is none
   */
  static byte[] copy(JsonParser p, String instead) {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator g = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      int depth = 0;
      do {
        JsonToken token = p.currentToken();
        if (token.isNumeric()) {
          g.writeNumber(p.isNaN() ? instead : p.getString());
        } else {
          g.copyCurrentEvent(p);
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      } while (depth > 0 && p.nextToken() != null);
    }
    return out.toByteArray();
  }
}
