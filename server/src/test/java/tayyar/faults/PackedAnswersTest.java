package tayyar.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.testing.Answers.END;
import static tayyar.testing.Answers.chunk;
import static tayyar.testing.Answers.events;
import static tayyar.testing.Answers.head;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer.Remote;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.testing.Gates;
import tayyar.testing.Packing;
import tayyar.testing.RawHttp;
import tayyar.testing.RawUpstream;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** Upstreams compress their answers although they are asked not to. */
@Tag("socket")
@Timeout(30)
class PackedAnswersTest {
  private static final String OK = "HTTP/1.1 200 OK";
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(20));

  private static RawUpstream answering(String... pieces) throws IOException {
    return RawUpstream.start(
        request -> {
          request.body();
          for (String piece : pieces) {
            request.peer().send(piece);
          }
        });
  }

  private static String post(TestFleet fleet, boolean stream) {
    String body = Requests.chat(TestFleet.MODEL, "hello", stream).toString();
    return Requests.post(fleet.key(), body);
  }

  private static String refusal(String coding, String body) {
    return "HTTP/1.1 400 Bad Request\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(coding, body.length(), body);
  }

  @ParameterizedTest
  @CsvSource({"gzip, GZIP", "x-gzip, GZIP", "deflate, ZLIB", "deflate, RAW"})
  void theyAreUnpacked(String coding, Packing packing) throws IOException {
    String answer =
        head(OK, "Content-Encoding: " + coding, CHUNKED)
            + chunk(packing.text(events("mine")))
            + END;
    try (var upstream = answering(answer);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      for (boolean stream : new boolean[] {true, false, true}) {
        Response response = client.send(post(fleet, stream)).response();
        response.assertWhole(stream, "mine");
        assertThat(fleet.row(response).outcome()).isEqualTo("completed");
      }
      assertThat(upstream.connections()).isEqualTo(1);
      assertThat(upstream.requests().getFirst().head())
          .contains("\r\nAccept-Encoding: identity\r\n");
    }
  }

  /** The available part is passed on, also in chunks that Netty reads, or by a length. */
  @ParameterizedTest
  @ValueSource(strings = {"", ";a=b"})
  void eachEventAsItComes(String extension) throws IOException {
    String[] texts = {
      events("mine").split("(?<=\n\n)", 2)[0], events("mine").split("(?<=\n\n)", 2)[1]
    };
    byte[][] parts = Packing.flushed(texts);
    RawUpstream.Script script =
        request -> {
          request.body();
          request.peer().send(head(OK, "content-encoding: GZIP", CHUNKED));
          for (byte[] part : parts) {
            String one = chunk(new String(part, ISO_8859_1)).replaceFirst("\r", extension + "\r");
            for (int i = 0; i < one.length(); i++) {
              request.peer().send(one.substring(i, i + 1));
            }
          }
          request.peer().send(END);
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      fleet.send(post(fleet, true)).assertWhole(true, "mine");
    }
  }

  @Test
  void refusalsKeepTheirWords() throws IOException {
    String body = "{\"error\":{\"message\":\"too long\"}}";
    try (var upstream = answering(refusal("gzip", Packing.GZIP.text(body)));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = fleet.send(post(fleet, true));

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("message").asString()).isEqualTo("too long");
    }
  }

  @Test
  void vectorsAreUnpacked() throws IOException {
    String packed = Packing.ZLIB.text("{\"data\":[{\"index\":0,\"embedding\":[0.5,1]}]}");
    String answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: deflate\r\n"
            + "Content-Length: "
            + packed.length()
            + "\r\n\r\n"
            + packed;
    try (var upstream = answering(answer);
        var fleet = TestFleet.start(List.of(), _ -> List.of(vectors(upstream.target("t"))))) {
      Response response = fleet.post("/embeddings", "{\"model\":\"vectors\",\"input\":\"a\"}");

      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(response.json().path("data").path(0).path("embedding").toString())
          .isEqualTo("[0.5,1]");
    }
  }

  private static Remote vectors(Target target) {
    return new Remote(
        new Model("vectors", 1_767_225_600, "tests", null, null, List.of(), Model.VECTORS),
        List.of(new Fleet.Member(target, 1, 0)),
        TestFleet.rules(BOUNDS),
        Map.of());
  }

  /** The status of a refusal needs no unpacking. */
  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "gzip, gzip"})
  void unknownCodingsAreTold(String coding) throws IOException {
    String answer = head(OK, "Content-Encoding: " + coding, CHUNKED) + chunk("\u0001\u0002") + END;
    try (var upstream = answering(answer);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = fleet.send(post(fleet, true));

      assertThat(response.error().path("message").asString()).contains("nobody asked for");
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    }
    try (var upstream = answering(refusal(coding, "\u0001\u0002"));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      assertThat(fleet.send(post(fleet, true)).status()).isEqualTo(400);
    }
  }

  @Test
  void aTransferCodingIsNotKnownEither() throws IOException {
    String answer =
        head(OK, "Transfer-Encoding: gzip, chunked") + chunk(Packing.GZIP.text(events("x"))) + END;
    try (var upstream = answering(answer);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = fleet.send(post(fleet, true));

      assertThat(response.error().path("message").asString()).contains("nobody asked for");
    }
  }

  @Test
  void damagedCompressionIsTold() throws IOException {
    String begun =
        new String(Packing.flushed(events("mine").split("(?<=\n\n)", 2)[0])[0], ISO_8859_1);
    String answer =
        head(OK, "Content-Encoding: gzip", CHUNKED)
            + chunk(begun)
            + chunk("not packed at all")
            + END;
    try (var upstream = answering(answer);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = fleet.send(post(fleet, true));

      assertThat(response.events().content()).isEqualTo("mine");
      assertThat(response.events().error().path("message").asString()).contains("is broken");
    }
  }

  static List<Arguments> bombsAreNotUnpackedToTheirEnd() {
    return List.of(
        Arguments.of("\n", "upstream_failed"),
        Arguments.of("data: x", "unreadable_answer"),
        Arguments.of("x", "upstream_failed"),
        Arguments.of(": ping\n\n", "upstream_failed"));
  }

  /** A few hundred kilobytes that expand to hundreds of megabytes; one event is too large. */
  @ParameterizedTest
  @MethodSource
  void bombsAreNotUnpackedToTheirEnd(String of, String code) throws IOException {
    String bomb = Packing.GZIP.text(of.repeat(200_000_000 / of.length()));
    try (var upstream = answering(head(OK, "Content-Encoding: gzip", CHUNKED) + chunk(bomb) + END);
        var refusing = answering(refusal("gzip", bomb));
        var fleet = TestFleet.before(BOUNDS, upstream);
        var refused = TestFleet.before(BOUNDS, refusing)) {
      Response response = fleet.send(post(fleet, true));

      assertThat(response.error().path("code").asString()).isEqualTo(code);
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
      assertThat(refused.send(post(refused, true)).status()).isEqualTo(400);
    }
  }
}
