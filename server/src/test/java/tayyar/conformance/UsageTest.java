package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;

/** Wherever a server puts its usage, client and ledger get the same numbers. */
@Tag("socket")
class UsageTest {
  private static BytesUpstream upstream;
  private static TestFleet fleet;

  private static final String ALL =
      "{\"prompt_tokens\":70,\"completion_tokens\":30,\"total_tokens\":100,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":8},"
          + "\"completion_tokens_details\":{\"reasoning_tokens\":9}}";
  private static final String ZEROS = "{\"prompt_tokens\":0,\"completion_tokens\":0}";
  private static final String TEXT =
      "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}";

  private static String end(String inChoice, String behind) {
    return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\""
        + inChoice
        + "}]"
        + behind
        + "}";
  }

  private static String usage(String numbers) {
    return "{\"choices\":[],\"usage\":" + numbers + "}";
  }

  /**
   * A stream.
   *
   * @param estimated whether its numbers are none
   */
  record Told(String what, boolean estimated, List<String> chunks) {
    Told(String what, boolean estimated, String... chunks) {
      this(what, estimated, List.of(chunks));
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static final List<Told> STREAMS =
      List.of(
          new Told("by itself", false, TEXT, end("", ""), usage(ALL)),
          new Told("with the end", false, TEXT, end("", ",\"usage\":" + ALL)),
          new Told("in the choice", false, TEXT, end(",\"usage\":" + ALL, "")),
          new Told(
              "Groq", false, TEXT, end("", ",\"x_groq\":{\"id\":\"r\",\"usage\":" + ALL + "}")),
          new Told("zeros first", false, usage(ZEROS), TEXT, end("", ""), usage(ALL)),
          new Told("zeros last", false, TEXT, end("", ""), usage(ALL), usage(ZEROS)),
          new Told("nothing last", false, TEXT, end("", ""), usage(ALL), usage("{}")),
          new Told("zeros alone", true, TEXT, end("", ""), usage(ZEROS)),
          new Told("nothing", true, TEXT, end("", "")),
          new Told("no numbers", true, TEXT, end("", ""), usage("{\"completion_tokens\":null}")),
          new Told("no object", true, TEXT, end("", ""), usage("[1]")));

  @BeforeAll
  static void start() throws IOException {
    upstream = new BytesUpstream();
    fleet = TestFleet.before(upstream);
  }

  @AfterAll
  static void stop() throws IOException {
    fleet.close();
    upstream.close();
  }

  @ParameterizedTest
  @FieldSource("STREAMS")
  void isTheSameForClientAndLedger(Told told) throws IOException {
    upstream.streams(told.chunks().toArray(String[]::new));
    Response streamed = fleet.chat(Requests.chatWithUsage(TestFleet.MODEL, "hello"));
    check(told, streamed, streamed.events().usage());
    Response whole = fleet.chat(Requests.chat(TestFleet.MODEL, "hello", false));
    check(told, whole, whole.json().path("usage"));
  }

  private static void check(Told told, Response response, JsonNode usage) {
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.estimated()).isEqualTo(told.estimated());
    assertThat(usage.path("estimated").asBoolean(false)).isEqualTo(told.estimated());
    if (!told.estimated()) {
      assertThat(usage.toString()).isEqualTo(ALL);
      assertThat(row.promptTokens()).isEqualTo(70);
      assertThat(row.completionTokens()).isEqualTo(30);
      assertThat(row.cachedTokens()).isEqualTo(8);
    } else {
      assertThat(row.promptTokens()).isPositive();
      assertThat(row.completionTokens()).isEqualTo(1);
      assertThat(usage.path("completion_tokens").asInt()).isEqualTo(1);
      assertThat(usage.path("total_tokens").asInt()).isEqualTo(row.promptTokens() + 1);
    }
  }
}
