package tayyar.seen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.keys.WrongKeys;
import tayyar.testing.Logged;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** What many wrong keys from one address come to, for it and for those beside it. */
@Tag("socket")
class WrongKeysSeenTest {
  private static final String WRONG = Requests.post("sk-wrong", "{}");

  private static void tryWrongKeys(TestFleet fleet, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      assertThat(fleet.send(WRONG).status()).isEqualTo(401);
    }
  }

  @Test
  void theyAreToldToStopAndOthersAreNot() throws Exception {
    try (Logged log = Logged.of(WrongKeys.class);
        TestFleet fleet = TestFleet.pair("tokens=3")) {
      tryWrongKeys(fleet, WrongKeys.MOST);
      for (int i = 0; i < 3; i++) {
        try (RawHttp client = RawHttp.to(fleet.address())) {
          Response refused = client.send(WRONG).response();
          assertThat(refused.status()).isEqualTo(429);
          assertThat(refused.error().path("code").asString()).isEqualTo("too_many_wrong_keys");
          assertThat(Integer.parseInt(refused.field("Retry-After"))).isBetween(1, 60);
          assertThat(client.closesSilently()).isTrue();
        }
      }

      Response good = fleet.stream("a valid key");
      assertThat(good.status()).isEqualTo(200);
      assertThat(fleet.send(Requests.bare("POST", "/v1/chat/completions")).status())
          .as("without any key")
          .isEqualTo(401);
      assertThat(log.count("an address tries many wrong keys; it is refused without further lines"))
          .isEqualTo(1);
      String metrics = Scrape.of(fleet.admin(), "text/plain").text();
      assertThat(metrics).contains("tayyar_wrong_keys_total " + (WrongKeys.MOST + 3) + ".0\n");
      assertThat(fleet.row(good).outcome()).isEqualTo("completed");
      assertThat(fleet.rows()).hasSize(1);
    }
  }
}
