package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Refused;

final class JsonBodyTest {
  private static String read(String body) {
    return new String(JsonBody.bytes(JsonBody.read(body.getBytes(UTF_8))), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1.10,\"b\":-0.5,\"c\":123456789012345678901234567890,\"d\":1E+2}",
        "{\"a\":\"ق\\\"\\\\\\n\",\"b\":[null,true,[]],\"c\":{}}"
      })
  void nothingOfItChanges(String body) {
    assertThat(read(body)).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "{",
        "{} {}",
        "{}x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "{\"a\":1e7267225600}"
      })
  void whatIsNotOneObjectIsRefused(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(Refused.class);
  }

  private static String with(String body) {
    var values = new LinkedHashMap<String, byte[]>();
    values.put("m", "\"n\"".getBytes(UTF_8));
    values.put("s", "true".getBytes(UTF_8));
    return new String(JsonBody.with(body.getBytes(UTF_8), values), UTF_8);
  }

  /** All else stays, to the last space. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{ \"m\" : \"ق\\u0628\" ,\"t\":1.10, \"s\":false}|{ \"m\" : \"n\" ,\"t\":1.10, \"s\":true}",
        "{\"s\":null,\"m\":{\"m\":[1,\"}\"]}}|{\"s\":true,\"m\":\"n\"}",
        "{\"x\":{\"m\":1}, \"y\":2}|{\"m\":\"n\",\"s\":true,\"x\":{\"m\":1}, \"y\":2}",
        "{\"m\":12}|{\"s\":true,\"m\":\"n\"}"
      })
  void someMembersHaveOtherValues(String body, String changed) {
    assertThat(with(body)).isEqualTo(changed);
  }

  @Test
  void whatIsNoTextIsRefused() {
    byte[] body = {'{', '"', (byte) 0xFF, '"', ':', '1', '}'};
    assertThatThrownBy(() -> JsonBody.read(body)).isInstanceOf(Refused.class);
  }

  /** Each would take twenty times the memory that it has on the wire. */
  @ParameterizedTest
  @ValueSource(strings = {"[],", "{},", "1,", "[[[1]]],"})
  void valuesBeyondCountAreRefused(String one) {
    String body = "{\"x\":[" + one.repeat(200_001) + "1]}";
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.error().message()).contains("200000 values"));
  }

  @Test
  void whatTextsHoldCountsForNothing() {
    String body = "{\"x\":\"" + "[{,\\\"".repeat(200_001) + "\"}";
    assertThat(read(body)).isEqualTo(body);
  }
}
