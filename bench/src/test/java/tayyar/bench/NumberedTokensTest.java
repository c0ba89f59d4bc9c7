package tayyar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class NumberedTokensTest {
  private static NumberedTokens read(String... pieces) {
    return read(new ArrayList<>(), pieces);
  }

  private static NumberedTokens read(List<Long> stamps, String... pieces) {
    NumberedTokens numbers = new NumberedTokens(stamps::add);
    for (String piece : pieces) {
      byte[] bytes = ("<" + piece + ">").getBytes(US_ASCII);
      numbers.feed(bytes, 1, bytes.length - 1);
    }
    return numbers;
  }

  private static void assertGood(NumberedTokens numbers, int count) {
    assertGood(numbers, count, 0);
  }

  private static void assertGood(NumberedTokens numbers, int count, int cut) {
    assertThat(numbers.count()).isEqualTo(count);
    assertThat(numbers.lost()).isZero();
    assertThat(numbers.doubled()).isZero();
    assertThat(numbers.strange()).isEqualTo(cut);
  }

  @Test
  void allInOrderIsGoodHoweverItIsCut() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      all.append(i).append(' ');
    }
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 50; round++) {
      NumberedTokens numbers = new NumberedTokens(_ -> {});
      byte[] bytes = all.toString().getBytes(US_ASCII);
      int at = 0;
      while (at < bytes.length) {
        int to = Math.min(bytes.length, at + random.nextInt(1, 9));
        numbers.feed(bytes, at, to);
        at = to;
      }
      assertGood(numbers, 300);
    }
  }

  @Test
  void aStampSaysWhenItsNumberWasWritten() {
    List<Long> stamps = new ArrayList<>();

    assertGood(read(stamps, "0@1000 1@15", "00 2@20", "00 3 4@30"), 4, 1);
    assertThat(stamps).containsExactly(1000L, 1500L, 2000L);
    assertThat(read("0@@1 ").strange()).isPositive();
    assertThat(read("0@--1 ").strange()).isPositive();
    assertThat(read("0@1-1 ").strange()).isPositive();
    assertThat(read("0-1 ").strange()).isPositive();
    assertThat(read("@1 ").strange()).isPositive();
  }

  /** A clock's own zero, such as a machine's start, may lie ahead of a time. */
  @Test
  void aStampMayBeNegative() {
    List<Long> stamps = new ArrayList<>();

    assertGood(read(stamps, "0@-1000 1@", "-15", "00 2@0 "), 3);
    assertThat(stamps).containsExactly(-1000L, -1500L, 0L);
  }

  @Test
  void aWordMayStandBehindANumber() {
    List<Long> stamps = new ArrayList<>();

    assertGood(read(stamps, "0@10~", "w~or@d 1@2", "0~9 2~x 3 "), 4);
    assertThat(stamps).containsExactly(10L, 20L);
    assertThat(read("0~a ", "2~b ").lost()).isEqualTo(1);
    assertThat(read("0~a ", "0~b ").doubled()).isEqualTo(1);
    assertThat(read("0~cut").strange()).isEqualTo(1);
    assertThat(read("~a 0 ").strange()).isPositive();
  }

  @Test
  void nothingIsGood() {
    assertGood(read(), 0);
  }

  @Test
  void countsTheLost() {
    NumberedTokens numbers = read("0 ", "1 ", "4 ", "5 ");

    assertThat(numbers.lost()).isEqualTo(2);
    assertThat(numbers.doubled()).isZero();
    assertThat(numbers.count()).isEqualTo(6);
  }

  @Test
  void countsTheDoubledAndTheSwapped() {
    assertThat(read("0 ", "1 ", "1 ", "2 ").doubled()).isEqualTo(1);
    NumberedTokens swapped = read("0 ", "2 ", "1 ", "3 ");
    assertThat(swapped.lost()).isEqualTo(1);
    assertThat(swapped.doubled()).isEqualTo(1);
  }

  @Test
  void whatIsNoNumberIsStrange() {
    assertThat(read("0 ", "one ").strange()).isEqualTo(4);
    assertThat(read("0 ", "1").strange()).isEqualTo(1);
    assertThat(read("12345678901 ").strange()).isPositive();
  }
}
