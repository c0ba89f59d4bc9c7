package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BoundsTest {
  private static final Pattern ROW =
      Pattern.compile("\\| (`(?:bounds|deadlines)\\..*) \\| (.*) \\|.*\\|");
  private static final Pattern WORD = Pattern.compile("`(\\w+)\\.(\\w+)`");

  @ParameterizedTest
  @EnumSource
  void anotherBoundIsAnotherBoundAlone(Bound changed) {
    Bounds others = Bounds.DEFAULT.with(changed, 7);
    for (Bound each : Bound.values()) {
      int most = each == changed ? 7 : Bounds.DEFAULT.of(each);
      assertThat(others.of(each)).as(each.word()).isEqualTo(most);
    }
    assertThat(others.longest()).isEqualTo(Bounds.DEFAULT.longest());
    assertThat(others.with(changed, Bounds.DEFAULT.of(changed))).isEqualTo(Bounds.DEFAULT);
  }

  @ParameterizedTest
  @EnumSource
  void anotherDeadlineIsAnotherDeadlineAlone(Deadline changed) {
    Bounds others = Bounds.DEFAULT.with(changed, Duration.ofDays(7));
    for (Deadline each : Deadline.values()) {
      Duration longest = each == changed ? Duration.ofDays(7) : Bounds.DEFAULT.of(each);
      assertThat(others.of(each)).as(each.word()).isEqualTo(longest);
    }
    assertThat(others.most()).isEqualTo(Bounds.DEFAULT.most());
    assertThat(others.with(changed, Bounds.DEFAULT.of(changed))).isEqualTo(Bounds.DEFAULT);
  }

  @Test
  void theDocsNameEachWithItsUsualValue() throws IOException {
    Map<String, String> here = new TreeMap<>();
    for (Bound each : Bound.values()) {
      int most = Bounds.DEFAULT.of(each);
      here.put("bounds." + each.word(), each.inBytes() ? bytes(most) : String.valueOf(most));
    }
    for (Deadline each : Deadline.values()) {
      here.put("deadlines." + each.word(), time(Bounds.DEFAULT.of(each)));
    }
    assertThat(documented()).isEqualTo(here);
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String line :
        Files.readAllLines(
            Path.of(System.getProperty("tayyar.basedir", "."), "docs", "configuration.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        List<String> words = new ArrayList<>();
        WORD.matcher(row.group(1))
            .results()
            .forEach(word -> words.add(word.group().replace("`", "")));
        List<String> values = List.of(row.group(2).split(", "));
        assertThat(values).as(line).hasSameSizeAs(words);
        for (int i = 0; i < words.size(); i++) {
          all.put(words.get(i), values.get(i));
        }
      }
    }
    return all;
  }

  private static String bytes(int count) {
    return count % (1 << 20) == 0 ? (count >> 20) + "MiB" : (count >> 10) + "KiB";
  }

  private static String time(Duration time) {
    if (time.isZero() || time.toSeconds() % 60 != 0 || time.toMinutes() == 1) {
      return time.toSeconds() + "s";
    }
    return time.toMinutes() % 60 == 0 ? time.toHours() + "h" : time.toMinutes() + "m";
  }
}
