package tayyar.admin;

import java.util.List;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.AuditStore;
import tayyar.admin.Served.TargetState;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.Model;
import tayyar.api.Refused;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;

/** Models and their targets, as this gateway serves them at the moment. */
final class Targets {
  private Targets() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/models", Targets::models),
        desk.get("/targets", Targets::targets),
        desk.route(Method.POST, "/targets/drain", Role.OWNER, call -> drain(call, true)),
        desk.route(Method.POST, "/targets/restore", Role.OWNER, call -> drain(call, false)));
  }

  private static Document models(Call call) {
    return call.page(call.served().models(), Model::id, Targets::shown);
  }

  private static Json shown(Model model) {
    return new Json()
        .with("id", model.id())
        .with("aliases", model.aliases())
        .with("owned_by", model.ownedBy())
        .with("endpoints", model.endpoints().stream().map(Endpoint::path).sorted().toList());
  }

  private static Document targets(Call call) {
    return call.page(call.served().targets(), Targets::id, Targets::shown);
  }

  private static String id(TargetState target) {
    return target.model() + " " + target.name();
  }

  private static Json shown(TargetState target) {
    return new Json()
        .with("model", target.model())
        .with("target", target.name())
        .with("state", target.state())
        .with("rest_seconds", target.restSeconds())
        .with("in_flight", target.inFlight());
  }

  /** The state is the gateway's alone, so the log is written here; a repeat changes nothing. */
  private static Document drain(Call call, boolean drained) {
    call.query().done();
    Input input = call.input();
    String model = input.text("model");
    String name = input.text("target");
    input.done();
    TargetState before = find(call, model, name);
    if (before.state().equals("drained") != drained) {
      String told = "{\"state\":\"%s\"}";
      new AuditStore(call.store())
          .add(
              call.who(),
              "target",
              id(before),
              told.formatted(before.state()),
              told.formatted(drained ? "drained" : "restored"));
      call.served().drain(model, name, drained);
    }
    return shown(find(call, model, name)).document();
  }

  private static TargetState find(Call call, String model, String name) {
    return call.served().targets().stream()
        .filter(each -> each.model().equals(model) && each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Refused(
                    new ApiError.OfAdmin(
                        new AdminFault.Missing(
                            "The model '" + model + "' has no target '" + name + "'."))));
  }
}
