package tayyar.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Refused;
import tayyar.grammar.Piece.Chars;

/** Which tokens may follow, for vocabularies of many tokens. */
final class PlaceTest {
  private static final String LETTERS = "abcdefgh{}[]\",:.0123456789 \n\\-علي قط😀é";

  /** Each byte, and texts of some characters, some of them cut. */
  private static Pieces vocabulary(int size) {
    var random = new Random(5);
    var all = new byte[size][];
    int[] letters = LETTERS.codePoints().toArray();
    for (int i = 0; i < size; i++) {
      if (i < 256) {
        all[i] = new byte[] {(byte) i};
        continue;
      }
      var text = new StringBuilder();
      for (int n = random.nextInt(1, 7); n > 0; n--) {
        text.appendCodePoint(letters[random.nextInt(letters.length)]);
      }
      byte[] utf8 = text.toString().getBytes(UTF_8);
      boolean cut = utf8.length > 2 && random.nextInt(5) == 0;
      all[i] = cut ? java.util.Arrays.copyOf(utf8, utf8.length - 1) : utf8;
    }
    return new Pieces(all);
  }

  @Test
  void theMaskHasJustTheTokensThatAreAllowed() {
    Pieces pieces = vocabulary(3_000);
    for (int seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      var place = new Place(Walks.schema(new RandomSchema(random).next(2)), pieces);
      for (int step = 0; step < 20 && !place.mustEnd(); step++) {
        long[] mask = place.mask();
        int chosen = -1;
        for (int token = 0, seen = 0; token < 3_000; token++) {
          boolean in = (mask[token >> 6] & 1L << token) != 0;
          assertThat(in).isEqualTo(place.allows(token));
          chosen = in && random.nextInt(++seen) == 0 ? token : chosen;
        }
        assertThat(place.take(pieces.of(chosen))).isTrue();
      }
    }
  }

  @Test
  void whatIsForgottenOnALongWayChangesNothing() {
    Place place = Walks.begin(Walks.schema("{\"type\":\"string\",\"maxLength\":9000}"));
    assertThat(place.take("\"".getBytes(UTF_8))).isTrue();
    int most = 0;
    int forgets = 0;
    int before = 0;
    for (int i = 0; i < 9_000; i++) {
      assertThat(place.take("ب".getBytes(UTF_8))).isTrue();
      most = Math.max(most, place.keptBytes());
      forgets += place.keptBytes() < before ? 1 : 0;
      before = place.keptBytes();
    }
    assertThat(forgets).isPositive();
    assertThat(most).isLessThan(Place.KEPT_BYTES_MAX + 64 * 1024);
    assertThat(place.take("b".getBytes(UTF_8))).isFalse();
    assertThat(place.take("\"".getBytes(UTF_8))).isTrue();
    assertThat(place.mustEnd()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "([a-h ]|[a-h]|.)*x([a-h]|[b-z]|.){400}",
        "((a|b|c|d)*[a-h]{1,900})*!",
        "(.{1,50}){1,50}(.{1,50}){1,50}z",
        "(((a?){16}){16}b)*c",
      })
  void aGrammarThatIsDearIsCutShortAndStillHeld(String regex) {
    Pieces pieces = vocabulary(150_000);
    Grammar grammar = Grammar.of(Regex.whole(regex, "r", Chars::new), Map.of(), "r");
    var place = new Place(grammar, pieces);
    var random = new Random(1);
    for (int step = 0; step < 40 && !place.mustEnd(); step++) {
      long before = place.work();
      long[] mask = place.mask();
      assertThat(place.work() - before)
          .isLessThan(Place.WORK_MAX + Configurations.SEEN_MAX + Configurations.MAX);
      int token = -1;
      for (int t = 0, seen = 0; t < 150_000; t++) {
        boolean in = (mask[t >> 6] & 1L << t) != 0;
        token = in && random.nextInt(++seen) == 0 ? t : token;
      }
      assertThat(token).as("a token that may follow").isNotNegative();
      assertThat(place.take(pieces.of(token))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= root \"a\"",
        "root ::= a\na ::= b? root",
        "root ::= (\"\" root)*",
        "root ::= missing",
        "rot ::= \"a\"",
        "root ::= \"a",
        "root ::= [a",
        "root ::= \"a\"{3,2}",
        "root ::= \"a\"}",
        "root ::= (\"a\"",
        "root = \"a\"",
        "root ::= \"\\q\"",
        "root ::= \"a\" root",
        "root ::= [b-a]",
        "root ::= (\"a\"?){200}",
        "",
      })
  void aWrongGrammarIsRefused(String gbnf) {
    assertThatThrownBy(() -> Walks.gbnf(gbnf)).isInstanceOf(Refused.class);
  }

  @Test
  void aGrammarOfLlamasIsRead() {
    Grammar chess =
        Walks.gbnf(
            """
            # moves
            root ::= (
              "1. " move " " move "\\n"
              ([1-9] [0-9]? ". " move " " move "\\n")+
            )
            move ::= (pawn | nonpawn | castle) [+#]?
            nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
            pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])? | "\\u0628"
            castle ::= "O-O" "-O"?
            """);
    assertThat(Walks.accepts(chess, "1. e4 e5\n2. Nf3 Nc6\n3. O-O-O ب+\n")).isTrue();
    assertThat(Walks.accepts(chess, "1. e4 e5\n")).isFalse();
    assertThat(Walks.accepts(chess, "1. e4 e9\n2. e4 e5\n")).isFalse();
    Grammar deep = Walks.gbnf("root ::= \"(\" root \")\" | \"\"");
    assertThat(Walks.accepts(deep, "((()))")).isTrue();
    assertThat(Walks.accepts(deep, "((())")).isFalse();
  }
}
