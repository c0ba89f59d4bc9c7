package tayyar.admin;

import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountStore;
import tayyar.accounts.AccountStore.Change;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.accounts.AccountStore.Project;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.Erasure;
import tayyar.accounts.Export;
import tayyar.accounts.Export.Part;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;

/** Organisations and their projects. */
final class Organisations {
  private static final String CAIRO = "Africa/Cairo";

  private Organisations() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/organisations", Organisations::list),
        desk.route(Method.POST, "/organisations", Role.OWNER, Organisations::create),
        desk.get("/organisations/{id}", Organisations::one),
        desk.route(Method.PATCH, "/organisations/{id}", Role.OWNER, Organisations::change),
        desk.route(Method.GET, "/organisations/{id}/export", Role.OWNER, Organisations::export),
        desk.route(Method.POST, "/organisations/{id}/delete", Role.OWNER, Organisations::delete),
        desk.get("/projects", Organisations::projects),
        desk.route(Method.POST, "/projects", Role.OWNER, Organisations::createProject),
        desk.get("/projects/{id*}", Organisations::project));
  }

  private static Json shown(Organisation org, String currency) {
    return new Json()
        .with("id", org.id())
        .with("name", org.name())
        .with("plan", org.plan())
        .with("pays", org.pays())
        .withMoney("balance", org.balance())
        .with("currency", currency)
        .with("zone", org.zone().getId())
        .with("regions", org.regions())
        .with("networks", org.networks())
        .with("created", org.created())
        .with("suspended", org.suspended());
  }

  private static Json withWarnings(Call call, Organisation org) {
    return shown(org, call.currency()).with("warnings", call.warnings());
  }

  private static Document list(Call call) {
    String currency = call.currency();
    return call.page(
        call.accounts().organisations(), Organisation::id, org -> shown(org, currency));
  }

  private static Document one(Call call) {
    call.query().done();
    return shown(call.accounts().organisation(call.parameter("id")), call.currency()).document();
  }

  private static Document create(Call call) {
    call.query().done();
    Input input = call.input();
    String name = input.text("name");
    var plan = input.toText("plan");
    Boolean pays = input.truth("pays");
    ZoneId zone = AccountStore.zone(zone(input.textOr("zone", CAIRO)));
    input.done();
    Organisation made =
        call.accounts()
            .createOrganisation(name, plan == null ? null : plan.value(), is(pays), zone);
    return withWarnings(call, made).created();
  }

  private static @Nullable ZoneId zoneOrNull(Input input) {
    String given = input.textOr("zone", null);
    return given == null ? null : AccountStore.zone(given);
  }

  private static String zone(@Nullable String given) {
    return given == null ? CAIRO : given;
  }

  private static boolean is(@Nullable Boolean given) {
    return given != null && given;
  }

  private static Document change(Call call) {
    call.query().done();
    Input input = call.input();
    var change =
        new Change(
            input.toText("plan"),
            input.truth("pays"),
            input.truth("suspended"),
            input.toTexts("regions"),
            input.toTexts("networks"),
            zoneOrNull(input));
    input.done();
    Organisation changed = call.accounts().change(call.parameter("id"), change);
    call.served().look();
    return withWarnings(call, changed).document();
  }

  /** Its requests, of which there may be millions, are a list of their own. */
  private static Document export(Call call) {
    call.query().done();
    String id = call.accounts().organisation(call.parameter("id")).id();
    var export = new Export(call.store());
    Json all = new Json().with("object", "export").with("currency", call.currency());
    for (Part part : Part.values()) {
      if (part != Part.REQUESTS && part != Part.RESPONSES) {
        all.with(part.word(), export.rows(id, part));
      }
    }
    return all.document();
  }

  private static Document delete(Call call) {
    call.query().done();
    Input input = call.input();
    String name = input.text("name");
    Boolean withBalance = input.truth("with_balance");
    input.done();
    Organisation was =
        new Erasure(call.store(), call.who()).erase(call.parameter("id"), name, is(withBalance));
    call.served().look();
    return new Json()
        .with("id", was.id())
        .with("deleted", true)
        .withMoney("balance", was.balance())
        .with("currency", call.currency())
        .document();
  }

  private static Json shown(Project project) {
    return new Json()
        .with("id", project.id())
        .with("organisation", project.organisation())
        .with("name", project.name())
        .with("created", project.created());
  }

  private static Document projects(Call call) {
    return call.page(
        call.accounts().projects(call.query().text("organisation")),
        Project::id,
        Organisations::shown);
  }

  private static Document project(Call call) {
    call.query().done();
    return shown(call.accounts().project(call.parameter("id"))).document();
  }

  private static Document createProject(Call call) {
    call.query().done();
    Input input = call.input();
    String organisation = input.text("organisation");
    String name = input.text("name");
    input.done();
    return shown(call.accounts().createProject(organisation, name)).created();
  }
}
