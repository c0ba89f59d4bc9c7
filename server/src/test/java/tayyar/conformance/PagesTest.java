package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** The playground's files as a browser's cache meets them. */
@Tag("socket")
class PagesTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static String asks(String method, String path, String ifNoneMatch) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: test\r\nIf-None-Match: "
        + ifNoneMatch
        + "\r\n\r\n";
  }

  private static Response got(String path) throws IOException {
    Response whole = GATEWAY.send(Requests.bare("GET", path));
    assertThat(whole.status()).isEqualTo(200);
    return whole;
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/web/index.html, text/html; charset=utf-8",
    "/web/style.css, text/css; charset=utf-8",
    "/web/app.js?v=1, text/javascript; charset=utf-8",
    "/web/tayyar.svg, image/svg+xml",
    "/web/readex-arabic.woff2, font/woff2",
    "/lib/marked.js, text/javascript; charset=utf-8"
  })
  void unchangedFilesAreNotSentAgain(String path, String type) throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      RawHttp.Head whole = client.send(Requests.bare("GET", path)).response().head();
      String tag = whole.field("ETag");

      assertThat(whole.field("Content-Type")).isEqualTo(type);
      assertThat(whole.field("Cache-Control")).isEqualTo("no-cache");
      assertThat(tag).matches("\"[!#-~]+\"");

      Response same = client.send(asks("GET", path, tag)).response();
      assertThat(same.status()).isEqualTo(304);
      assertThat(same.field("ETag")).isEqualTo(tag);
      assertThat(same.field("Cache-Control")).isEqualTo("no-cache");
      assertThat(same.field("Date")).isNotEmpty();
      assertThat(same.head().has("Content-Length")).isFalse();
      assertThat(same.head().has("Transfer-Encoding")).isFalse();
      assertThat(same.head().has("Content-Type")).isFalse();

      // A body after the 304 would come before this answer.
      assertThat(client.send(Requests.bare("GET", "/health")).response().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "W/%s", "\"other\", %s", "W/\"other\" ,W/%s,\"third\""})
  void oneOfManyIsEnough(String field) throws IOException {
    String tag = got("/").field("ETag");

    assertThat(GATEWAY.send(asks("GET", "/", field.formatted(tag))).status()).isEqualTo(304);
  }

  @Test
  void fieldsThatStandTwiceAreOneList() throws IOException {
    String tag = got("/").field("ETag");
    String request = asks("GET", "/", "\"other\"\r\nIf-None-Match: " + tag);

    assertThat(GATEWAY.send(request).status()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"other\"", "W/\"other\"", "", "other"})
  void otherTagsGetTheWhole(String field) throws IOException {
    Response again = GATEWAY.send(asks("GET", "/", field));

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(got("/").text());
  }

  @Test
  void eachFileHasItsOwnTag() throws IOException {
    String page = got("/").field("ETag");

    assertThat(got("/web/index.html").field("ETag")).isEqualTo(page);
    assertThat(got("/web/app.js").field("ETag")).isNotEqualTo(page);
    assertThat(GATEWAY.send(asks("GET", "/web/app.js", page)).status()).isEqualTo(200);
  }

  @Test
  void headSaysWhatGetWould() throws IOException {
    Response whole = got("/web/app.js");
    String tag = whole.field("ETag");
    try (RawHttp client = GATEWAY.connect()) {
      RawHttp.Head head = client.send(Requests.bare("HEAD", "/web/app.js")).head();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.field("ETag")).isEqualTo(tag);
      assertThat(head.field("Content-Length")).isEqualTo(whole.field("Content-Length"));

      assertThat(client.send(asks("HEAD", "/web/app.js", tag)).head().status()).isEqualTo(304);
      assertThat(client.send(Requests.bare("GET", "/health")).response().status()).isEqualTo(200);
    }
  }

  @Test
  void aMissingPageIsNotFoundWhateverTheTag() throws IOException {
    assertThat(GATEWAY.send(asks("GET", "/web/none.js", "*")).status()).isEqualTo(404);
  }
}
