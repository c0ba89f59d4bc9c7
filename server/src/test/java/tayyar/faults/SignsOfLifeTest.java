package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** An upstream's signs of life are no part of its answer. */
@Tag("socket")
class SignsOfLifeTest {
  private static final String CHUNK =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":%s}]}\n\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data:\n\n",
        "data: \n\n",
        "data\n\n",
        "data: null\n\n",
        "data: []\n\n",
        "data: {}\n\n",
        "data: ping\n\n",
        "event: ping\ndata:\n\n",
        "event: ping\ndata: ping\n\n",
        "event: ping\ndata: what you will {\n\n",
        "event: ping\ndata: {\"type\":\"ping\",\"error\":\"none\"}\n\n",
        "event: keepalive\ndata: {\n\n",
        "data: {\"type\":\"ping\"}\n\n",
        ": ping\n\n",
        "event: ping\n\n",
      })
  void areReadOver(String sign) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streamsRaw(
          sign
              + CHUNK.formatted("Hel", "null")
              + sign
              + CHUNK.formatted("lo", "null")
              + sign
              + sign
              + CHUNK.formatted("", "\"stop\"")
              + sign
              + "data: [DONE]\n\n");
      for (boolean stream : new boolean[] {true, false}) {
        Response response = fleet.chat(Requests.chat(TestFleet.MODEL, "hello", stream));

        response.assertWhole(stream, "Hello");
        LedgerRow row = fleet.row(response);
        assertThat(row.outcome()).isEqualTo("completed");
        assertThat(row.completionTokens()).as("deltas, for there is no usage").isEqualTo(2);
        assertThat(row.tries()).isEmpty();
      }
    }
  }
}
