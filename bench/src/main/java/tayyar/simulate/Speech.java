package tayyar.simulate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tokens of an answer, escaped for JSON. */
interface Speech {

  /** The token at an index, as the inside of a JSON string. */
  byte[] token(int index);

  /** The number of tokens. */
  int tokens();

  /**
   * The tokens that a script gives as the answer to a text.
   *
   * @param form the request's response_format; a missing node where it has none
   */
  static Speech of(Script script, String asked, JsonNode form) {
    String type = form.path("type").asString("");
    if (type.equals("json_object") || type.equals("json_schema")) {
      JsonNode schema = form.path("json_schema").path("schema");
      return new Fixed(Form.pieces(new Form(script, 0).object(schema)));
    }
    if (script.has(Word.ECHO)) {
      return new Fixed(pieces(asked));
    }
    int tokens = script.number(Word.TOKENS, 16);
    Speech words = new Endless(vocabulary(script), script.number(Word.SEED, 0), tokens);
    if (script.has(Word.NUMBERED)) {
      boolean worded = script.has(Word.ARABIC) || script.has(Word.MIXED);
      return new Numbered(tokens, script.has(Word.STAMPED), worded ? words : null);
    }
    int size = script.number(Word.SIZE);
    if (size >= 0) {
      return new Endless(List.of(JsonString.escape("x".repeat(size))), 0, tokens);
    }
    return words;
  }

  /** The words that a script wants. */
  static List<byte[]> vocabulary(Script script) {
    return script.has(Word.MIXED)
        ? Endless.MIXED
        : script.has(Word.ARABIC) ? Endless.ARABIC : Endless.ENGLISH;
  }

  private static List<byte[]> pieces(String text) {
    List<byte[]> pieces = new ArrayList<>();
    for (String piece : text.split("(?<=\\s)(?=\\S)", -1)) {
      if (!piece.isEmpty()) {
        pieces.add(JsonString.escape(piece));
      }
    }
    return pieces;
  }

  /** Tokens that are all given. */
  record Fixed(List<byte[]> pieces) implements Speech {
    @Override
    public byte[] token(int index) {
      return pieces.get(index);
    }

    @Override
    public int tokens() {
      return pieces.size();
    }
  }

  /**
   * The numbers from 0, each with a space behind it. A stamp is {@link System#nanoTime()}, which on
   * Linux all processes of a machine share.
   *
   * @param words a word for each token, or null for none
   */
  record Numbered(int tokens, boolean stamped, @Nullable Speech words) implements Speech {
    @Override
    public byte[] token(int index) {
      String number = index + (stamped ? "@" + System.nanoTime() : "");
      if (words == null) {
        return (number + " ").getBytes(US_ASCII);
      }
      byte[] begin = (number + "~").getBytes(US_ASCII);
      byte[] word = words.token(index);
      byte[] token = Arrays.copyOf(begin, begin.length + word.length);
      System.arraycopy(word, 0, token, begin.length, word.length);
      return token;
    }
  }

  /** Words of a vocabulary in an order that a seed decides. */
  record Endless(List<byte[]> vocabulary, long seed, int tokens) implements Speech {
    static final List<byte[]> ENGLISH =
        words(
            "the river carries light past reeds and old stone while boats drift slowly north under"
                + " a wide warm sky where birds turn home and evening sings of water, bread, salt"
                + " and time; nobody hurries, everything flows.");

    static final List<byte[]> ARABIC =
        words(
            "النهر يحمل الضوء بين القصب والحجر القديم وتمضي القوارب على مهل نحو الشمال تحت سماء"
                + " واسعة دافئة حيث تعود الطيور ويغني المساء للماء والخبز والملح، لا أحد يستعجل"
                + " وكلُّ شيءٍ يجري.");

    static final List<byte[]> MIXED = Stream.concat(ENGLISH.stream(), ARABIC.stream()).toList();

    private static List<byte[]> words(String text) {
      return text.lines()
          .flatMap(line -> List.of(line.split(" ", -1)).stream())
          .map(word -> JsonString.escape(word + " "))
          .toList();
    }

    @Override
    public byte[] token(int index) {
      return vocabulary.get((int) ((mixed(seed, index) >>> 33) % vocabulary.size()));
    }

    /** A number that looks random and depends only on these two. */
    static long mixed(long seed, int index) {
      long mixed = (seed * 31 + index) * 0x9E3779B97F4A7C15L;
      return (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    }
  }
}
