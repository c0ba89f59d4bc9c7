package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Continuation;
import tayyar.api.JsonText;
import tayyar.api.Refused;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads what a model is to work on: a text, tokens, or several of the same kind. Counts them and
 * their bytes, a token as four.
 */
final class Inputs {
  private static final int TOKEN_BYTES = 4;

  private final JsonParser p;
  private final String where;
  private final int most;
  private final int bytesMax;
  private int count;
  private int bytes;
  private String text = "";
  private final @Nullable List<Continuation.Prompt> kept;

  /**
   * Reads nothing yet.
   *
   * @param where the field's name
   * @param most how many there may be
   * @param bytesMax how large one may be
   */
  Inputs(JsonParser p, String where, int most, int bytesMax) {
    this(p, where, most, bytesMax, null);
  }

  private Inputs(
      JsonParser p,
      String where,
      int most,
      int bytesMax,
      @Nullable List<Continuation.Prompt> kept) {
    this.kept = kept;
    this.p = p;
    this.where = where;
    this.most = most;
    this.bytesMax = bytesMax;
  }

  /** The same of any size, which keeps what it reads. */
  static Inputs kept(JsonParser p, String where, int most) {
    return kept(p, where, most, Integer.MAX_VALUE);
  }

  /** The same, which keeps what it reads. */
  static Inputs kept(JsonParser p, String where, int most, int bytesMax) {
    return new Inputs(p, where, most, bytesMax, new ArrayList<>(1));
  }

  int count() {
    return count;
  }

  int bytes() {
    return bytes;
  }

  /** The last text; empty where there was none. */
  String text() {
    return text;
  }

  /** What was read, in its order, where it is kept. */
  List<Continuation.Prompt> prompts() {
    return kept == null ? List.of() : kept;
  }

  void read(JsonToken value) {
    switch (value) {
      case VALUE_NULL -> count = 0;
      case VALUE_STRING -> string(where);
      case START_ARRAY -> array(p.nextToken());
      default -> throw wrong();
    }
  }

  private void array(JsonToken first) {
    switch (first) {
      case END_ARRAY -> count = 0;
      case VALUE_NUMBER_INT -> tokens(where, first);
      case VALUE_STRING, START_ARRAY -> several(first);
      default -> throw wrong();
    }
  }

  private void several(JsonToken kind) {
    for (JsonToken next = kind; next != JsonToken.END_ARRAY; next = p.nextToken()) {
      if (next != kind) {
        throw wrong();
      }
      if (count == most) {
        throw tooLarge(where, "has more than " + most + " entries; send them in several requests.");
      }
      String one = where + "[" + count + "]";
      if (kind == JsonToken.VALUE_STRING) {
        string(one);
      } else {
        tokens(one, p.nextToken());
      }
    }
  }

  private void string(String at) {
    text = p.getString();
    add(at, JsonText.utf8Bytes(text));
    if (kept != null) {
      int from = (int) p.currentTokenLocation().getByteOffset() + 1;
      int to = (int) p.currentLocation().getByteOffset() - 1;
      kept.add(new Continuation.Words(from, to));
    }
  }

  private void tokens(String at, JsonToken first) {
    int tokens = 0;
    long from = p.currentTokenLocation().getByteOffset();
    for (JsonToken next = first; next != JsonToken.END_ARRAY; next = p.nextToken()) {
      if (next != JsonToken.VALUE_NUMBER_INT) {
        throw wrong();
      }
      tokens++;
    }
    add(at, Math.multiplyExact(tokens, TOKEN_BYTES));
    if (kept != null) {
      long to = p.currentTokenLocation().getByteOffset();
      kept.add(new Continuation.Numbers((int) from, (int) to));
    }
  }

  private void add(String at, int more) {
    if (more == 0) {
      throw new Refused(new ApiError.EmptyInput(at));
    }
    if (more > bytesMax) {
      throw tooLarge(at, "is larger than " + bytesMax + " bytes.");
    }
    count++;
    bytes += more;
  }

  private static Refused tooLarge(String at, String detail) {
    return new Refused(new ApiError.InputTooLarge(at, detail));
  }

  private Refused wrong() {
    return Values.wrong(
        where, "must be a string, an array of strings, or one or more arrays of token numbers.");
  }
}
