package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Refused;

class RequestTargetTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/v1/models, /v1/models",
    "/v1/models?a=/b, /v1/models",
    "/a%20b+c, /a b+c",
    "/%D8%AA, /ت",
    "//two, //two",
    "http://host/a?b, /a",
    "HTTPS://host:1/a/b, /a/b",
    "http://host, /",
    "http://host?q=/x, /",
    "http://[::1]:80/a, /a",
    "/?x=http://y/, /"
  })
  void itsPath(String target, String path) {
    assertThat(RequestTarget.isValid(target, false)).isTrue();
    assertThat(RequestTarget.path(target)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1/models",
        "*",
        "host:80",
        "?a",
        "ftp://host/a",
        "http://",
        "http:///a",
        "http:/a",
        "http://a@b/c",
        "http://a b/c",
        "http://h:x/",
        "/a#b",
        "/a b",
        "/a\tb",
        "/a\u0000",
        "/ت",
        "/\u00e9",
        "/a\u007f",
        "javascript:alert(1)",
        "mailto:a@b",
        "\\v1\\models"
      })
  void noPath(String target) {
    assertThat(RequestTarget.isValid(target, false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "/a"})
  void optionsMayAskForEverything(String target) {
    assertThat(RequestTarget.isValid(target, true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%4", "/%zz", "/a%-1"})
  void aPerCentSignThatEncodesNothing(String target) {
    assertThatThrownBy(() -> RequestTarget.path(target)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "host, host",
    "host:80, host",
    "a-b.c_d~1:65535, a-b.c_d~1",
    "127.0.0.1:8080, 127.0.0.1",
    "[::1], ::1",
    "[fe80::1:2]:443, fe80::1:2",
    "host:, host",
    "'', ''"
  })
  void hosts(String host, String name) {
    assertThat(RequestTarget.isHost(host)).isTrue();
    assertThat(RequestTarget.name(host)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a/b",
        "a@b",
        "a,b",
        "a:80:80",
        "a:x",
        "a:65536",
        "a:99999999999",
        "a?b",
        "a#b",
        "[::1",
        "::1",
        "[]",
        "[a]",
        "[::1]x",
        "[::1]:x",
        "[x::1]",
        "http://a",
        "a\\b",
        "a\"b",
        "<a>",
        "a\u00e9",
        "a\tb",
        "a:-1",
        "a: 1"
      })
  void noHosts(String host) {
    assertThat(RequestTarget.isHost(host)).isFalse();
  }
}
