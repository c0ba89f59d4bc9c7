package tayyar.admin;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.AdminTokens.Token;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.api.RuleException;
import tayyar.http.Document;
import tayyar.http.Question;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.keys.WrongKeys;

/** Makes the routes under {@code /admin/v1}: checks the token and its role, and tells rules. */
final class Desk {
  static final String BASE = "/admin/v1";

  private static final String SCHEME = "Bearer ";

  private final DataSource store;
  private final Served served;
  private final AdminTokens tokens;
  private final WrongKeys wrongTokens = new WrongKeys(System::nanoTime);

  Desk(DataSource store, Served served) {
    this.store = store;
    this.served = served;
    this.tokens = new AdminTokens(store, "unknown");
  }

  /** Answers a call. */
  @FunctionalInterface
  interface Handler {
    Document answer(Call call);
  }

  /** A route that reads, for each role. */
  Route get(String path, Handler handler) {
    return route(Method.GET, path, Role.READ_ONLY, handler);
  }

  Route route(Method method, String path, Role least, Handler handler) {
    Route.Blocking answer = question -> answer(question, least, handler);
    return new Route(method, BASE + path, Caller.OPERATOR, answer);
  }

  private Document answer(Question question, Role least, Handler handler) {
    try {
      Token token = token(question);
      if (!token.role().covers(least)) {
        throw new Refused(new ApiError.OfAdmin(new AdminFault.RoleNotAllowed(token.role().word())));
      }
      return handler.answer(new Call(question, store, served, token));
    } catch (RuleException e) {
      throw new Refused(new ApiError.OfAdmin(AdminFault.of(e)));
    }
  }

  private Token token(Question question) {
    String shown = question.header("Authorization");
    Token token = shown == null ? null : valid(shown);
    if (token != null) {
      return token;
    }
    int seconds = shown == null ? 0 : wrongTokens.retryAfterSeconds(question.client());
    throw new Refused(
        seconds == 0
            ? new ApiError.OfAdmin(new AdminFault.InvalidToken())
            : new ApiError.TooManyWrongKeys(seconds));
  }

  private @Nullable Token valid(String shown) {
    return shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? tokens.valid(shown.substring(SCHEME.length()).strip())
        : null;
  }
}
