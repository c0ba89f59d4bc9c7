package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ToldTest {
  private final Told told = new Told(0, true);
  private final TextOut text = new TextOut(List.of("كفى", "STOP"));

  /** Takes a token; returns what is told with its text. */
  private String take(String piece) {
    return take(piece.getBytes(UTF_8), piece);
  }

  private String take(byte[] piece, String entry) {
    told.add(entry.getBytes(UTF_8));
    byte[] shown = text.add(piece);
    return new String(told.with(shown, text.held()), UTF_8);
  }

  private String rest() {
    return new String(told.rest(text.stopped()), UTF_8);
  }

  @Test
  void goesWithItsText() {
    assertThat(take("a")).isEqualTo("a");
    assertThat(take("b")).isEqualTo("b");
    assertThat(told.come()).isEqualTo(2);
    assertThat(rest()).isEmpty();
  }

  @Test
  void waitsForTheTextThatIsHeldBack() {
    assertThat(take("a S")).as("its beginning is shown").isEqualTo("a S");
    assertThat(take("TO")).isEmpty();
    assertThat(take("x")).isEqualTo("TO,x");
  }

  @Test
  void isNotToldOfAStopString() {
    assertThat(take("a S")).isEqualTo("a S");
    assertThat(take("TO")).isEmpty();
    assertThat(take("Pb")).isEmpty();
    assertThat(text.stopped()).isTrue();
    assertThat(rest()).isEmpty();
  }

  @Test
  void ofATokenThatHasMoreThanTheStopStringIsTold() {
    assertThat(take("ab كفى c")).isEqualTo("ab كفى c");
    assertThat(rest()).isEmpty();
  }

  @Test
  void piecesOfACharacterAreToldWithIt() {
    byte[] letter = "ب".getBytes(UTF_8);
    assertThat(take(new byte[] {letter[0]}, "1")).isEmpty();
    assertThat(told.come()).isZero();
    assertThat(take(new byte[] {letter[1]}, "2")).isEqualTo("1,2");
    assertThat(told.come()).isEqualTo(1);
  }

  @Test
  void whatHasNoTextIsToldAtTheEnd() {
    assertThat(take("aS")).isEqualTo("aS");
    assertThat(take("T")).isEmpty();
    assertThat(take(new byte[] {(byte) 0xD8}, "cut")).isEmpty();
    assertThat(rest()).isEqualTo("T,cut");
  }

  @Test
  void ofACompletionEachEntryHasItsOwnLines() {
    var lines = new Told(0, false);
    lines.add("a\n".getBytes(UTF_8));
    lines.add("b\n".getBytes(UTF_8));
    assertThat(new String(lines.rest(false), UTF_8)).isEqualTo("a\nb\n");
  }
}
