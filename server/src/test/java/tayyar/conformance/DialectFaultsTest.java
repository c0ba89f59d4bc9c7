package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.testing.Fault;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;

/**
 * Each fault at each moment, streamed and whole, as clients of the dialects besides chats see it,
 * and what the ledger has of it.
 */
@Tag("socket")
final class DialectFaultsTest {
  private static final String WHOLE = "0 1 2 3 4 5 6 7 8 ";

  @Nested
  final class Messages extends Faults {
    Messages() {
      super(new SpokenMessages());
    }
  }

  @Nested
  final class Responses extends Faults {
    Responses() {
      super(new SpokenResponses());
    }
  }

  abstract static class Faults {
    private final Spoken spoken;

    Faults(Spoken spoken) {
      this.spoken = spoken;
    }

    static List<Fault> faults() {
      return Fault.all();
    }

    private Response ask(TestFleet fleet, boolean stream) throws IOException {
      String text = "[[tokens=" + Fault.TOKENS + "]]";
      String body = spoken.body(TestFleet.MODEL, text, stream).toString();
      return fleet.send(Requests.post(spoken.path(), fleet.key(), body, ""));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isToldInItsForm(Fault fault) throws IOException {
      try (var fleet = TestFleet.streaming(fault.deadlines(), "numbered " + fault)) {
        for (boolean stream : new boolean[] {true, false}) {
          Response response = ask(fleet, stream);
          LedgerRow row = fleet.row(response);
          assertThat(row.completionTokens()).isEqualTo(fault.tokens());
          if (!fault.fatal()) {
            assertThat(spoken.text(stream ? spoken.streamed(response) : spoken.whole(response)))
                .isEqualTo(WHOLE);
            assertThat(row.outcome()).isEqualTo("completed");
            continue;
          }
          assertThat(row.outcome()).isEqualTo(fault.outcome());
          if (stream && fault.tokens() > 0) {
            assertThat(response.status()).isEqualTo(200);
            spoken.assertFailed(response);
          } else {
            assertThat(response.status()).isEqualTo(fault.status());
            JsonNode error = response.json().path("error");
            assertThat(error.path("code").asString()).isEqualTo(fault.code());
            assertThat(response.head().has("Retry-After")).isEqualTo(!fault.tooLarge());
          }
        }
      }
    }

    /** The same answer as from one target, without a seam. */
    @Test
    void anAnswerGoesOnAtAnotherTarget() throws IOException {
      try (var fleet = TestFleet.continuing("numbered cut@4", "numbered")) {
        for (boolean stream : new boolean[] {true, false}) {
          Response response = ask(fleet, stream);
          assertThat(response.status()).as(response.text()).isEqualTo(200);
          assertThat(spoken.text(stream ? spoken.streamed(response) : spoken.whole(response)))
              .isEqualTo(WHOLE);
          LedgerRow row = fleet.row(response);
          assertThat(row.attempts()).isEqualTo(2);
          assertThat(row.completionTokens()).isEqualTo(Fault.TOKENS);
        }
      }
    }
  }
}
