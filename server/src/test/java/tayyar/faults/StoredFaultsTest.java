package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Storing;
import tayyar.api.Target.Dialect;
import tayyar.store.Store;
import tayyar.testing.LedgerRow;
import tayyar.testing.NamedEvents;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What goes wrong around stored responses: with the store, with keys, with what was lost. */
@Tag("socket")
final class StoredFaultsTest {
  private static final String PATH = "/v1/responses";

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.storing(new Storing(Duration.ofDays(1), 1 << 20, 100, 8 << 20), Dialect.OPENAI);

  private static Response post(String script, boolean stream) throws IOException {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", TestGateway.MODEL).put("input", "[[" + script + "]] x");
    body.put("background", true).put("stream", stream);
    return GATEWAY.send(Requests.post(PATH, GATEWAY.key(), body.toString(), ""));
  }

  private static String get(String path, String key) {
    return Requests.bare("GET", PATH + path)
        .replaceFirst("\r\n\r\n", "\r\nAuthorization: Bearer " + key + "\r\n\r\n");
  }

  private static void sql(String statement) throws SQLException {
    try (Store store = Store.open(GATEWAY.database());
        Connection on = store.dataSource().getConnection()) {
      on.createStatement().executeUpdate(statement);
    }
  }

  private static String begun(String script) throws IOException {
    Response begun = post(script, false);
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    return "/" + begun.json().path("id").asString();
  }

  private static void awaitStatus(String at, String status) {
    Awaitility.await(at + " to be " + status)
        .atMost(TestGateway.SOON)
        .until(
            () ->
                GATEWAY
                    .send(get(at, GATEWAY.key()))
                    .json()
                    .path("status")
                    .asString()
                    .equals(status));
  }

  /** Nobody would know its id: no target is asked, and nothing is paid. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatCannotBeStoredIsNotAsked(boolean stream) throws Exception {
    sql("CREATE TRIGGER full BEFORE INSERT ON responses BEGIN SELECT RAISE(ABORT, 'full'); END");
    long asked = GATEWAY.simulator().requests();
    try {
      Response refused = post("tokens=3", stream);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.error().path("code").asString()).isEqualTo("store_unavailable");
      LedgerRow row = GATEWAY.row(refused);
      assertThat(row.outcome()).isEqualTo("failed");
      assertThat(row.status()).isEqualTo(503);
      assertThat(row.completionTokens()).isZero();
    } finally {
      sql("DROP TRIGGER full");
    }
    assertThat(GATEWAY.simulator().requests()).isEqualTo(asked);
  }

  /** The response goes on: another key of its organisation asked for it. */
  @Test
  void aReaderWhoseKeyIsRevokedIsEnded() throws IOException {
    String at = begun("tokens=6 hold@2");
    String key = GATEWAY.newKey(1000);
    try (RawHttp reader = GATEWAY.connect()) {
      reader.send(get(at + "?stream=true", key));
      RawHttp.Head head = reader.head();
      assertThat(head.status()).isEqualTo(200);
      GATEWAY.revoke(key);
      Response all = reader.body(head);
      assertThat(all.text()).endsWith("data: [DONE]\n\n").doesNotContain("response.failed");
      var last = NamedEvents.of(all.text()).all().getLast();
      assertThat(last.path("type").asString()).isEqualTo("error");
      assertThat(last.path("code").asString()).isEqualTo("key_revoked");
    }
    GATEWAY.upstream().release();
    awaitStatus(at, "completed");
  }

  @Test
  void oneWhoseOwnKeyIsRevokedFailsForAllReaders() throws IOException {
    String key = GATEWAY.newKey(1000);
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", TestGateway.MODEL).put("input", "[[tokens=6 hold@2]] x");
    body.put("background", true).put("stream", true);
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post(PATH, key, body.toString(), ""));
      RawHttp.Head head = client.head();
      GATEWAY.upstream().awaitHeld(TestGateway.SOON);
      GATEWAY.revoke(key);
      Response all = client.body(head);
      var events = NamedEvents.of(all.text()).all();
      assertThat(events.getLast().path("type").asString()).isEqualTo("response.failed");
      assertThat(events.get(events.size() - 2).path("code").asString()).isEqualTo("key_revoked");
    }
  }

  /** It was asked for in the background, so nothing else may be said. */
  @Test
  void theEventsOfOneThatWasLostAreNotThere() throws Exception {
    String at = begun("tokens=2");
    awaitStatus(at, "completed");
    Awaitility.await("its events to be written")
        .atMost(TestGateway.SOON)
        .until(() -> GATEWAY.send(get(at + "?stream=true", GATEWAY.key())).status() == 200);
    Awaitility.await("its events to go")
        .atMost(TestGateway.SOON)
        .until(
            () -> {
              sql("UPDATE responses SET events = NULL WHERE id = '" + at.substring(1) + "'");
              return GATEWAY.send(get(at + "?stream=true", GATEWAY.key())).status() == 400;
            });
    Response gone = GATEWAY.send(get(at + "?stream=true", GATEWAY.key()));
    assertThat(gone.error().path("code").asString()).isEqualTo("response_events_not_stored");
    assertThat(gone.error().path("param").asString()).isEqualTo("stream");
    assertThat(gone.error().path("message").asString()).doesNotContain("not asked for");
  }
}
