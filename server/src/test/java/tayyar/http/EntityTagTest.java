package tayyar.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EntityTagTest {
  private static final EntityTag TAG = new EntityTag("a1");

  @Test
  void otherBytesHaveAnotherTag() {
    EntityTag one = EntityTag.of("one".getBytes(UTF_8));

    assertThat(one).isEqualTo(EntityTag.of("one".getBytes(UTF_8)));
    assertThat(one).isNotEqualTo(EntityTag.of("two".getBytes(UTF_8)));
    assertThat(one.toString()).matches("\"[0-9a-f]{32}\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a1\"",
        "W/\"a1\"",
        " \"a1\" ",
        "*",
        " * ",
        "\"b\", \"a1\"",
        "\"b\",W/\"a1\",\"c\"",
        "\"b,c\", \"\",\t\"a1\"",
        ", ,\"a1\",",
        "\"a1\", broken"
      })
  void isNamed(String field) {
    assertThat(TAG.isNamedBy(List.of(field))).isTrue();
    assertThat(TAG.isNamedBy(List.of("\"b\"", field))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a1",
        "\"a1",
        "\"A1\"",
        "w/\"a1\"",
        "\"a1\"b",
        "\"b, \"a1\"",
        "\"b\" \"a1\"",
        "\"b\", *",
        "broken, \"a1\""
      })
  void isNotNamed(String field) {
    assertThat(TAG.isNamedBy(List.of(field))).isFalse();
    assertThat(TAG.isNamedBy(List.of())).isFalse();
  }
}
