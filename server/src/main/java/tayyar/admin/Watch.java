package tayyar.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.AdminTokens.Token;
import tayyar.accounts.AuditStore;
import tayyar.accounts.AuditStore.Entry;
import tayyar.accounts.AuditStore.Filter;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who may administer, and what they did. */
final class Watch {
  private Watch() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/audit", Watch::audit),
        desk.route(Method.GET, "/admin-tokens", Role.OWNER, Watch::tokens),
        desk.route(Method.POST, "/admin-tokens", Role.OWNER, Watch::create),
        desk.route(Method.POST, "/admin-tokens/{id}/revoke", Role.OWNER, Watch::revoke));
  }

  private static Document audit(Call call) {
    Query query = call.query();
    int limit = query.limit();
    var filter =
        new Filter(
            query.text("kind"),
            query.text("subject"),
            query.text("who"),
            query.moment("from"),
            query.moment("until"),
            query.afterNumber(),
            limit + 1);
    query.done();
    List<Entry> read = new AuditStore(call.store()).find(filter);
    return Call.page(read, limit, entry -> "" + entry.id(), Watch::shown);
  }

  private static Json shown(Entry entry) {
    return new Json()
        .with("id", entry.id())
        .with("at", entry.at())
        .with("who", entry.who())
        .with("action", entry.action())
        .with("kind", entry.kind())
        .with("subject", entry.subject())
        .with("before", tree(entry.before()))
        .with("after", tree(entry.after()));
  }

  private static @Nullable JsonNode tree(@Nullable String json) {
    return json == null ? null : JsonMapper.shared().readTree(json);
  }

  private static Json shown(Token token) {
    return new Json()
        .with("id", token.id())
        .with("name", token.name())
        .with("hint", token.hint())
        .with("role", token.role().word())
        .with("created", token.created())
        .with("revoked", token.revoked());
  }

  private static Document tokens(Call call) {
    return call.page(call.tokens().list(), Token::id, Watch::shown);
  }

  private static Document create(Call call) {
    call.query().done();
    Input input = call.input();
    String name = input.text("name");
    Role role = Role.of(input.text("role"));
    input.done();
    var issued = call.tokens().create(name, role);
    return shown(issued.token()).with("token", issued.secret()).created();
  }

  private static Document revoke(Call call) {
    call.query().done();
    call.input().done();
    return shown(call.tokens().revoke(call.parameter("id"))).document();
  }
}
