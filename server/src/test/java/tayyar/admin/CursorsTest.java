package tayyar.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Role;
import tayyar.store.Store;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;

/** Every list of the control plane, read page by page. */
@Tag("socket")
final class CursorsTest {
  private final TestFleet fleet;
  private final Operator owner;

  CursorsTest() throws Exception {
    fleet = TestFleet.pair("", "", "");
    try (Store store = Stores.open(fleet.database())) {
      var tokens = new AdminTokens(store.dataSource(), "test");
      owner = new Operator(fleet.admin(), tokens.create("o", Role.OWNER).secret());
    }
    for (String name : List.of("a", "b", "c")) {
      owner.ask("PUT", "/plans/" + name, "{\"models\":null}").is(200);
      owner.post("/organisations", "{\"name\":\"" + name + "\"}").is(201);
      owner.post("/projects", "{\"organisation\":\"a\",\"name\":\"" + name + "\"}").is(201);
      owner.post("/keys", "{\"name\":\"" + name + "\",\"project\":\"a\"}").is(201);
      owner.post("/admin-tokens", "{\"name\":\"" + name + "\",\"role\":\"billing\"}").is(201);
      owner.post("/prices", "{\"model\":\"m\",\"input\":\"1\",\"output\":\"1\"}").is(201);
      owner.post("/balances/a/movements", "{\"kind\":\"top_up\",\"amount\":\"2\"}").is(201);
      owner.ask("PATCH", "/limits/organisation/" + name, "{\"requests_per_minute\":5}").is(200);
      fleet.row(fleet.stream("[[tokens=1]]"));
    }
  }

  @AfterEach
  void close() {
    owner.close();
    fleet.close();
  }

  private static List<String> rows(JsonNode page) {
    return page.path("data").valueStream().map(JsonNode::toString).toList();
  }

  /** The pages of one row each hold what the whole list has, in its order, and then end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/organisations?",
        "/projects?organisation=a&",
        "/keys?project=a&",
        "/limits?",
        "/plans?",
        "/prices?model=m&",
        "/balances?",
        "/balances/a/movements?",
        "/requests?",
        "/targets?",
        "/audit?kind=plan&",
        "/admin-tokens?"
      })
  void pageByPageIsTheWholeList(String path) throws Exception {
    JsonNode whole = owner.get(path + "limit=1000").is(200).json();
    assertThat(rows(whole)).hasSizeGreaterThanOrEqualTo(3);
    assertThat(whole.path("has_more").asBoolean()).isFalse();
    assertThat(whole.path("next").isNull()).isTrue();
    List<String> read = new ArrayList<>();
    String after = "";
    while (read.size() < rows(whole).size()) {
      JsonNode page = owner.get(path + "limit=1" + after).is(200).json();
      assertThat(rows(page)).hasSize(1);
      read.addAll(rows(page));
      boolean last = read.size() == rows(whole).size();
      assertThat(page.path("has_more").asBoolean()).isEqualTo(!last);
      assertThat(page.path("next").isNull()).isEqualTo(last);
      after = "&after=" + URLEncoder.encode(page.path("next").asString(), UTF_8);
    }
    assertThat(read).isEqualTo(rows(whole));
    owner.get(path + "after=none").isRefused(400, "invalid_value");
  }

  /** A row that came between is on its page; none comes twice. */
  @Test
  void whatIsMadeBetweenComesLater() throws Exception {
    JsonNode first = owner.get("/organisations?limit=2").is(200).json();
    owner.post("/organisations", "{\"name\":\"d\"}").is(201);
    JsonNode rest =
        owner.get("/organisations?after=" + first.path("next").asString()).is(200).json();
    assertThat(rest.path("data").valueStream().map(one -> one.path("name").asString()))
        .containsExactlyInAnyOrder("b", "c", "d");
  }
}
