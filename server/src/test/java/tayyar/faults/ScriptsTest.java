package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer;
import tayyar.api.Languages;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** Conversations in a script that a model does not know never reach it. */
@Tag("socket")
final class ScriptsTest {
  private static final String ARABIC = "حدّثني عن النيل";
  private final TestFleet fleet;

  ScriptsTest() throws IOException {
    fleet = TestFleet.start(List.of("tokens=5", "tokens=5", "tokens=5"), ScriptsTest::offers);
  }

  private static Offer.Remote model(
      String name, Languages languages, Target target, String... fallback) {
    Fleet.Rules plain = TestFleet.rules();
    var rules =
        new Fleet.Rules(plain.policy(), List.of(fallback), 100, Streams.WANTED, TestFleet.QUICK);
    var model = new Model(name, 1, "t", null, null, List.of(), Model.TEXT, languages);
    return new Offer.Remote(model, List.of(new Fleet.Member(target, 1, 0)), rules, Map.of());
  }

  private static List<Offer> offers(List<Target> at) {
    Languages english = Languages.of("en");
    return List.of(
        model("english", english, at.get(0)),
        model("arabic", Languages.of("ar"), at.get(1), "english"),
        model("helped", english, at.get(0), "english", "arabic"),
        model("unsaid", Languages.ANY, at.get(2), "english", "arabic"));
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private Response ask(String model, String text, boolean stream) throws IOException {
    return fleet.chat(Requests.chat(model, text, stream));
  }

  private List<Long> asked() {
    return List.of(
        fleet.simulator(0).requests(),
        fleet.simulator(1).requests(),
        fleet.simulator(2).requests());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatItDoesNotKnowIsRefusedBeforeAnyServer(boolean stream) throws IOException {
    Response response = ask("english", ARABIC, stream);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
    assertThat(response.error().path("param").asString()).isEqualTo("messages");
    assertThat(response.error().path("message").asString())
        .startsWith("The model 'english' knows English only")
        .contains("tayyar pull");
    LedgerRow row = fleet.row(response);
    assertThat(row.status()).isEqualTo(400);
    assertThat(row.attempts()).isZero();
    assertThat(asked()).containsExactly(0L, 0L, 0L);
    assertThat(ask("english", "Tell me of the Nile, النيل", stream).status()).isEqualTo(200);
    assertThat(ask("arabic", ARABIC, stream).status()).isEqualTo(200);
    assertThat(ask("unsaid", ARABIC, stream).status()).isEqualTo(200);
    assertThat(asked()).containsExactly(1L, 1L, 1L);
  }

  @Test
  void completionsAreLookedAtToo() throws IOException {
    String body = "{\"model\":\"english\",\"prompt\":\"" + ARABIC + "\"}";
    Response response = fleet.post("/completions", body);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("param").asString()).isEqualTo("prompt");
  }

  @Test
  void aFallbackThatDoesNotKnowItIsPassedOver() throws IOException {
    fleet.simulator(1).refusing(true);
    fleet.simulator(2).refusing(true);
    assertThat(ask("arabic", ARABIC, true).status()).isEqualTo(503);
    assertThat(ask("unsaid", ARABIC, true).status()).isEqualTo(503);
    assertThat(asked()).element(0).isEqualTo(0L);

    fleet.simulator(1).refusing(false);
    Response response = ask("unsaid", ARABIC, true);
    assertThat(response.status()).isEqualTo(200);
    assertThat(fleet.row(response).model()).isEqualTo("unsaid");
    assertThat(namedIn(response)).isEqualTo("arabic");
    assertThat(asked()).element(0).isEqualTo(0L);
  }

  /** The operator has said who answers where a model can't. */
  @Test
  void aFallbackThatKnowsItAnswers() throws IOException {
    Response response = ask("helped", ARABIC, true);
    assertThat(response.status()).isEqualTo(200);
    assertThat(namedIn(response)).as("who answers is named").isEqualTo("arabic");
    assertThat(ask("helped", ARABIC, false).json().path("model").asString()).isEqualTo("arabic");
    assertThat(asked()).containsExactly(0L, 2L, 0L);
    assertThat(ask("helped", "Hello", false).status()).isEqualTo(200);
    assertThat(asked()).containsExactly(1L, 2L, 0L);
  }

  private static String namedIn(Response stream) {
    return stream.events().chunks().getFirst().path("model").asString();
  }

  /** A change of the configuration changes what the next request meets. */
  @Test
  void aReloadChangesWhatAModelKnows() throws IOException {
    fleet.reload(at -> List.of(model("english", Languages.ANY, at.get(0))));

    assertThat(ask("english", ARABIC, true).status()).isEqualTo(200);
  }
}
