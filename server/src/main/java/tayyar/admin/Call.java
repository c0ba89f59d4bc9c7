package tayyar.admin;

import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AccountStore;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Token;
import tayyar.accounts.Movements;
import tayyar.accounts.Warnings;
import tayyar.api.Model;
import tayyar.http.Document;
import tayyar.http.Question;
import tayyar.keys.KeyStore;

/** A request under {@code /admin/v1} whose token is valid. Used by one virtual thread. */
final class Call {
  private final Question question;
  private final DataSource store;
  private final Served served;
  private final Token token;
  private final Query query;
  private @Nullable String currency;

  Call(Question question, DataSource store, Served served, Token token) {
    this.question = question;
    this.store = store;
    this.served = served;
    this.token = token;
    this.query = new Query(question.query());
  }

  /** Who asks, for the audit log. */
  String who() {
    return "token " + token.name() + " (" + token.id() + ")";
  }

  Query query() {
    return query;
  }

  Input input() {
    return Input.of(question.body());
  }

  String parameter(String name) {
    return question.parameter(name);
  }

  @Nullable String header(String name) {
    return question.header(name);
  }

  Served served() {
    return served;
  }

  DataSource store() {
    return store;
  }

  AccountStore accounts() {
    return new AccountStore(store, who());
  }

  KeyStore keys() {
    return new KeyStore(store, who());
  }

  Movements movements() {
    return new Movements(store);
  }

  AdminTokens tokens() {
    return new AdminTokens(store, who());
  }

  String currency() {
    String known = currency == null ? accounts().currency() : currency;
    currency = known;
    return known;
  }

  /** The sentences that warn of what was just made possible; a list, often empty. */
  List<String> warnings() {
    List<String> names = served.models().stream().map(Model::id).toList();
    return Warnings.of(accounts(), names, served.regions()).sentences();
  }

  /** The page that was asked for, of a list that is whole; the cursor is the last one's id. */
  <T> Document page(List<T> all, Function<T, String> id, Function<T, Json> shown) {
    int limit = query.limit();
    String after = query.after();
    query.done();
    int from = 0;
    if (after != null) {
      while (from < all.size() && !id.apply(all.get(from)).equals(after)) {
        from++;
      }
      if (from++ == all.size()) {
        throw Query.badCursor();
      }
    }
    int to = Math.min(all.size(), from + limit);
    List<T> some = all.subList(from, to);
    return Json.page(
        some.stream().map(shown).toList(), to < all.size() ? id.apply(some.getLast()) : null);
  }

  /** The page of a list of which one row more than is shown was read. */
  static <T> Document page(
      List<T> read, int limit, Function<T, String> id, Function<T, Json> shown) {
    boolean more = read.size() > limit;
    List<T> some = more ? read.subList(0, limit) : read;
    return Json.page(some.stream().map(shown).toList(), more ? id.apply(some.getLast()) : null);
  }
}
