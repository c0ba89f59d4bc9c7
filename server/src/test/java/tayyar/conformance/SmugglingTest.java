package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.testing.RawHttp;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/**
 * Requests that two servers might read differently are refused, and the bytes after them on the
 * connection are never read as a request.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-11.2">RFC 9112, section 11.2</a>
 */
@Tag("socket")
class SmugglingTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static final String SECOND = "GET /v1/models HTTP/1.1\r\nHost: test\r\n\r\n";

  private static Arguments fields(String name, String fields) {
    return Arguments.of(
        name,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            + fields
            + "\r\n0\r\n\r\n");
  }

  private static Arguments chunks(String name, String body) {
    return Arguments.of(
        name,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            + "Authorization: Bearer KEY\r\nTransfer-Encoding: chunked\r\n\r\n"
            + body);
  }

  private static Arguments line(String name, String line) {
    return Arguments.of(name, line + "\r\nHost: test\r\n\r\n");
  }

  static Stream<Arguments> lengths() {
    return Stream.of(
        fields("both ways", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        fields("both, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        fields("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        fields("two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n"),
        fields("a list of lengths", "Content-Length: 5, 6\r\n"),
        fields("a sign", "Content-Length: +5\r\n"),
        fields("less than nothing", "Content-Length: -5\r\n"),
        fields("hexadecimal", "Content-Length: 0x5\r\n"),
        fields("two words", "Content-Length: 5 5\r\n"),
        fields("no length", "Content-Length: \r\n"),
        fields("a fraction", "Content-Length: 5.0\r\n"),
        fields("too long a length", "Content-Length: 99999999999999999999\r\n"),
        fields("two codings", "Transfer-Encoding: gzip, chunked\r\n"),
        fields("chunked twice", "Transfer-Encoding: chunked, chunked\r\n"),
        fields("two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        fields("identity", "Transfer-Encoding: identity\r\n"),
        fields("chunked first", "Transfer-Encoding: chunked, identity\r\n"),
        fields("unknown coding", "Transfer-Encoding: xchunked\r\n"),
        fields("a control character", "Transfer-Encoding: \u000bchunked\r\n"),
        fields("in quotes", "Transfer-Encoding: \"chunked\"\r\n"));
  }

  static Stream<Arguments> heads() {
    return Stream.of(
        fields("a folded line", "X-A: one\r\n two\r\nContent-Length: 5\r\n"),
        fields("a folded first line", " X-A: one\r\nContent-Length: 5\r\n"),
        fields("a space before the colon", "Content-Length : 5\r\n"),
        fields("a tab before the colon", "Transfer-Encoding\t: chunked\r\n"),
        fields("no name", ": x\r\n"),
        fields("no colon", "Content-Length 5\r\n"),
        fields("a NUL in a value", "X-A: a\u0000b\r\n"),
        fields("a CR in a value", "X-A: a\rContent-Length: 5\r\n"),
        fields("a NUL in a name", "X\u0000A: a\r\n"),
        fields("two hosts", "Host: other\r\n"),
        Arguments.of("no host", "GET /v1/models HTTP/1.1\r\n\r\n"),
        Arguments.of(
            "chunks for an old server",
            "POST /v1/chat/completions HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        line("no version", "GET /v1/models"),
        line("an unknown version", "GET /v1/models HTTP/3.7"),
        line("version 2", "PRI * HTTP/2.0"),
        line("no words at all", "\u0001\u0002\u0003"),
        line("TLS spoken to a plain port", "\u0016\u0003\u0001\u0002"));
  }

  static Stream<Arguments> framing() {
    return Stream.of(
        chunks("a size that is no number", "zz\r\n{}\r\n0\r\n\r\n"),
        chunks("a size below zero", "-2\r\n{}\r\n0\r\n\r\n"),
        chunks("a size with a prefix", "0x2\r\n{}\r\n0\r\n\r\n"),
        chunks("a huge size", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        chunks("more than the size says", "2\r\n{}{}\r\n0\r\n\r\n"),
        chunks("no size", "\r\n{}\r\n0\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"lengths", "heads", "framing"})
  void isRefused(String name, String request) throws IOException {
    long before = GATEWAY.simulator().requests();
    try (RawHttp client = GATEWAY.connect()) {
      String bytes = request.replace("KEY", GATEWAY.key()) + SECOND;
      Response response = client.send(bytes).response();

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString()).isEqualTo("invalid_http");
      assertThat(response.field("Connection")).isEqualTo("close");
      assertThat(response.field("X-Request-Id")).isNotEmpty();
      assertThat(client.closesSilently()).isTrue();
    }
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
  }

  /** The head is answered before the body is read; the bytes after the body are never read. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("framing")
  void nothingIsReadBehindABodyOfSomebodyWithoutAKey(String name, String request)
      throws IOException {
    try (RawHttp client = GATEWAY.connect()) {
      String bytes = request.replace("KEY", "sk-nobody") + SECOND;
      assertThat(client.send(bytes).response().status()).isEqualTo(401);
      assertThat(client.closesSilently()).isTrue();
    }
  }
}
