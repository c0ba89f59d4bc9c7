package tayyar.admin;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.Movements.Kind;
import tayyar.accounts.Movements.Movement;
import tayyar.http.Document;
import tayyar.http.Route;
import tayyar.http.Route.Method;

/** Balances and what comes onto them. */
final class Balances {
  private static final String ONE = "/balances/{organisation}";

  private Balances() {}

  static List<Route> routes(Desk desk) {
    return List.of(
        desk.get("/balances", Balances::list),
        desk.get(ONE, Balances::one),
        desk.get(ONE + "/movements", Balances::movements),
        desk.route(Method.POST, ONE + "/movements", Role.BILLING, Balances::add));
  }

  private static Json shown(Organisation org, String currency) {
    return new Json()
        .with("organisation", org.name())
        .with("organisation_id", org.id())
        .with("pays", org.pays())
        .withMoney("granted", org.granted())
        .withMoney("used", org.used())
        .withMoney("balance", org.balance())
        .with("currency", currency);
  }

  private static Document list(Call call) {
    String currency = call.currency();
    return call.page(
        call.accounts().organisations(), Organisation::id, org -> shown(org, currency));
  }

  private static Organisation organisation(Call call) {
    return call.accounts().organisation(call.parameter("organisation"));
  }

  private static Document one(Call call) {
    call.query().done();
    return shown(organisation(call), call.currency()).document();
  }

  private static Json shown(Movement movement, String currency) {
    return new Json()
        .with("id", movement.id())
        .with("organisation_id", movement.organisationId())
        .with("kind", movement.kind().word())
        .withMoney("amount", movement.amount())
        .with("currency", currency)
        .with("note", movement.note())
        .with("made_by", movement.madeBy())
        .with("at", movement.at());
  }

  private static Document movements(Call call) {
    int limit = call.query().limit();
    Long after = call.query().afterNumber();
    call.query().done();
    String id = organisation(call).id();
    List<Movement> read =
        call.movements().list(id, after == null ? Long.MAX_VALUE : after, limit + 1);
    String currency = call.currency();
    return Call.page(read, limit, each -> "" + each.id(), each -> shown(each, currency));
  }

  /** Answers a repeat with the same key as it did the first time; so the balance is left out. */
  private static Document add(Call call) {
    call.query().done();
    Input input = call.input();
    Kind kind = kind(input.text("kind"));
    long amount = input.amount("amount");
    String note = Objects.requireNonNull(input.textOr("note", ""));
    input.done();
    Movement made =
        call.movements()
            .add(
                organisation(call).id(),
                kind,
                amount,
                note,
                call.header("Idempotency-Key"),
                call.who());
    call.served().look();
    return shown(made, call.currency()).created();
  }

  private static Kind kind(String word) {
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw Input.wrong(
        "kind",
        "must be one of "
            + String.join(", ", Arrays.stream(Kind.values()).map(Kind::word).toList())
            + ".");
  }
}
