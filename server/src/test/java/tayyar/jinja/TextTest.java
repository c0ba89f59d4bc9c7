package tayyar.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TextTest {
  /** In lower case what is the template's own, in upper case what was said. */
  private static Text text(String letters) {
    var out = new TextBuilder();
    letters.chars().forEach(c -> out.append(Character.toString(c), Character.isUpperCase(c)));
    return out.build();
  }

  private static String letters(Text text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.chars().length(); i++) {
      char c = Character.toLowerCase(text.chars().charAt(i));
      out.append(text.saidWithin(i, i + 1) ? Character.toUpperCase(c) : c);
    }
    return out.toString();
  }

  @Test
  void partsAndWholesKnowWhatWasSaid() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      String one = random(random);
      String two = random(random);
      int from = random.nextInt(one.length() + 1);
      int to = from + random.nextInt(one.length() + 1 - from);
      assertThat(letters(text(one).plus(text(two)))).as("seed %s", seed).isEqualTo(one + two);
      assertThat(letters(text(one).sub(from, to)))
          .as("seed %s", seed)
          .isEqualTo(one.substring(from, to));
      assertThat(text(one).saidWithin(from, to))
          .as("seed %s, %s from %s to %s", seed, one, from, to)
          .isEqualTo(one.substring(from, to).chars().anyMatch(Character::isUpperCase));
    }
  }

  private static String random(Random random) {
    var letters = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      letters.append("abAB".charAt(random.nextInt(4)));
    }
    return letters.toString();
  }

  @Test
  void textsAreEqualByTheirCharacters() {
    assertThat(Text.said("a")).isEqualTo(Text.of("a")).hasSameHashCodeAs(Text.of("a"));
    assertThat(Text.said("a")).isNotEqualTo(Text.of("b"));
  }

  @Test
  void whatKeepsNoPlacesIsSaidAsAWhole() {
    assertThat(letters(text("aB").changed("xyz"))).isEqualTo("XYZ");
    assertThat(letters(text("ab").changed("xyz"))).isEqualTo("xyz");
    assertThat(letters(text("aB").changed("aB"))).isEqualTo("aB");
  }

  @Test
  void aTextIsNotShown() {
    assertThat(Text.said("secret").toString()).doesNotContain("secret");
  }
}
