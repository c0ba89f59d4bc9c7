package tayyar.admin;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountStore.Project;
import tayyar.accounts.AdminTokens.Role;
import tayyar.api.Key;
import tayyar.api.To;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyStore.Row;

/** Keys of clients. Their secrets are shown once, in the answer that makes them. */
final class Keys {
  private static final int REQUESTS_PER_MINUTE = 600;

  private Keys() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/keys", Keys::list),
        desk.route(Method.POST, "/keys", Role.OWNER, Keys::create),
        desk.get("/keys/{id}", Keys::one),
        desk.route(Method.PATCH, "/keys/{id}", Role.OWNER, Keys::change),
        desk.route(Method.POST, "/keys/{id}/revoke", Role.OWNER, Keys::revoke));
  }

  private static Json shown(Row row, @Nullable Project project) {
    Key key = row.key();
    Instant end = key.expiresMs() == Key.NEVER ? null : Instant.ofEpochMilli(key.expiresMs());
    return new Json()
        .with("id", key.id())
        .with("name", key.name())
        .with("hint", key.hint())
        .with("organisation", key.account().organisation())
        .with("project", project == null ? null : project.name())
        .with("project_id", key.account().projectId())
        .with("requests_per_minute", key.requestsPerMinute())
        .with("models", row.models())
        .with("expires", end)
        .with("shows_cost", key.showsCost())
        .with("created", row.created())
        .with("last_used", row.lastUsed())
        .with("revoked", row.revokedAt());
  }

  private static Json shown(Call call, Row row) {
    return shown(row, call.accounts().project(row.key().account().projectId()));
  }

  private static Document list(Call call) {
    Map<String, Project> projects = new HashMap<>();
    call.accounts().projects(null).forEach(each -> projects.put(each.id(), each));
    Set<String> of = projects(call, projects);
    List<Row> rows =
        call.keys().list().stream()
            .filter(row -> of.contains(row.key().account().projectId()))
            .toList();
    return call.page(
        rows,
        row -> row.key().id(),
        row -> shown(row, projects.get(row.key().account().projectId())));
  }

  /** The ids of the projects whose keys are meant. */
  private static Set<String> projects(Call call, Map<String, Project> all) {
    String project = call.query().text("project");
    String organisation = call.query().text("organisation");
    if (project != null) {
      return Set.of(call.accounts().project(project).id());
    }
    if (organisation == null) {
      return all.keySet();
    }
    return call.accounts().projects(organisation).stream()
        .map(Project::id)
        .collect(Collectors.toSet());
  }

  private static Document one(Call call) {
    call.query().done();
    return shown(call, call.keys().find(call.parameter("id"))).document();
  }

  private static Document create(Call call) {
    call.query().done();
    Input input = call.input();
    String name = Objects.requireNonNull(input.textOr("name", ""));
    String project = Objects.requireNonNull(input.textOr("project", "default"));
    Integer rpm = input.number("requests_per_minute");
    To<List<String>> models = input.toTexts("models");
    To<Instant> expires = expires(input);
    Boolean showsCost = input.truth("shows_cost");
    input.done();
    var terms =
        new KeyStore.Terms(
            call.accounts().project(project).id(),
            models == null ? null : models.value(),
            expires == null ? null : expires.value(),
            showsCost != null && showsCost);
    var issued = call.keys().create(name, rpm == null ? REQUESTS_PER_MINUTE : rpm, terms);
    call.served().look();
    return shown(call, call.keys().find(issued.key().id())).with("key", issued.secret()).created();
  }

  private static @Nullable To<Instant> expires(Input input) {
    To<String> given = input.toText("expires");
    return given == null ? null : new To<>(Query.moment("expires", given.value()));
  }

  private static Document change(Call call) {
    call.query().done();
    Input input = call.input();
    var change =
        new KeyStore.Change(
            input.textOr("name", null),
            input.number("requests_per_minute"),
            input.toTexts("models"),
            expires(input),
            input.truth("shows_cost"));
    input.done();
    Row changed = call.keys().change(call.parameter("id"), change);
    call.served().look();
    return shown(call, changed).document();
  }

  private static Document revoke(Call call) {
    call.query().done();
    call.input().done();
    String id = call.keys().find(call.parameter("id")).key().id();
    call.keys().revoke(id);
    call.served().look();
    return shown(call, call.keys().find(id)).document();
  }
}
