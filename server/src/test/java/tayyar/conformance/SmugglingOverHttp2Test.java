package tayyar.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.testing.Http2Frames;

/**
 * The same fields over HTTP/2. Its frames say where a request ends, but a gateway writes fields out
 * again for those behind it. Without a meaning here: request lines, a field without a colon, and
 * chunks. Of two equal lengths the codec makes one, as RFC 9110, section 8.6, allows.
 */
class SmugglingOverHttp2Test extends SmugglingTest {
  private static final int PROTOCOL_ERROR = 1;
  private static final Set<String> OF_HTTP1 =
      Set.of(
          "two equal lengths",
          "no colon",
          "no version",
          "an unknown version",
          "version 2",
          "no words at all",
          "TLS spoken to a plain port");

  static Stream<Arguments> fieldsAlone() {
    return Stream.concat(lengths(), heads())
        .filter(each -> !OF_HTTP1.contains(String.valueOf(each.get()[0])));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fieldsAlone")
  @Override
  void isRefused(String name, String request) throws IOException {
    long before = GATEWAY.simulator().requests();
    try (Http2Frames client = Http2Frames.to(GATEWAY.address())) {
      client.headers(1, false, fields(request));
      client.send(Http2Frames.DATA, Http2Frames.END_STREAM, 1, "0\r\n\r\n".getBytes(US_ASCII));
      if (name.equals("no host")) {
        assertThat(client.status(1)).isEqualTo(400);
        assertThat(client.body(1)).contains("\"code\":\"invalid_http\"");
      } else {
        assertThat(client.await(Http2Frames.RST_STREAM, 1).number(0)).isEqualTo(PROTOCOL_ERROR);
      }
      client.get(3, "/health");
      assertThat(client.status(3)).isEqualTo(200);
    }
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
  }

  /** The fields of a head of HTTP/1.1, lines that are folded as one value. */
  private static String[] fields(String request) {
    String[] lines = request.substring(0, request.indexOf("\r\n\r\n")).split("\r\n(?![ \t])", -1);
    String[] first = lines[0].split(" ", 3);
    List<String> pseudo = new ArrayList<>(List.of(":method", first[0], ":path", first[1]));
    pseudo.addAll(List.of(":scheme", "http"));
    List<String> fields = new ArrayList<>();
    for (String line : List.of(lines).subList(1, lines.length)) {
      int colon = line.indexOf(':');
      String field = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).replaceFirst("^ ", "");
      boolean authority = field.equals("host") && !pseudo.contains(":authority");
      (authority ? pseudo : fields).addAll(List.of(authority ? ":authority" : field, value));
    }
    pseudo.addAll(fields);
    return pseudo.toArray(String[]::new);
  }

  /** Chunks. */
  @Override
  void nothingIsReadBehindABodyOfSomebodyWithoutAKey(String name, String request) {}
}
