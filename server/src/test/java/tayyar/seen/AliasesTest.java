package tayyar.seen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** A model that is asked for by its name and by another one. */
@Tag("socket")
class AliasesTest {
  private static final String ALIAS = TestFleet.MODEL + "-alias";

  @Test
  void ledgerAndMetricsKnowOneModelAndTheClientItsOwnWord() throws Exception {
    try (TestFleet fleet = TestFleet.pair("tokens=3")) {
      Response named = fleet.chat(Requests.chat(TestFleet.MODEL, "hi", true));
      Response streamed = fleet.chat(Requests.chat(ALIAS, "hi", true));
      Response whole = fleet.chat(Requests.chat(ALIAS, "hi", false));
      Response unknown = fleet.chat(Requests.chat("pair-alia", "hi", false));

      assertThat(streamed.events().chunks())
          .allMatch(chunk -> chunk.path("model").asString().equals(ALIAS));
      assertThat(whole.json().path("model").asString()).isEqualTo(ALIAS);
      assertThat(fleet.row(named).model()).isEqualTo(TestFleet.MODEL);
      assertThat(fleet.row(streamed).model()).isEqualTo(TestFleet.MODEL);
      assertThat(fleet.row(whole).model()).isEqualTo(TestFleet.MODEL);
      assertThat(fleet.row(unknown).model()).isEqualTo("pair-alia");

      String metrics = Scrape.of(fleet.admin(), "text/plain").text();
      assertThat(metrics)
          .contains(
              "tayyar_requests_total{model=\"pair\",outcome=\"completed\",status=\"200\"} 3.0")
          .contains("tayyar_requests_total{model=\"other\",outcome=\"failed\",status=\"404\"} 1.0")
          .doesNotContain(ALIAS);
    }
  }

  @Test
  void soDoModelsThatCameByAReload() throws Exception {
    try (TestFleet fleet = TestFleet.pair("tokens=3")) {
      fleet.reload(targets -> List.of(TestFleet.model("new", TestFleet.rules(), targets)));
      Response answer = fleet.chat(Requests.chat("new-alias", "hi", true));
      assertThat(fleet.row(answer).model()).isEqualTo("new");
    }
  }
}
