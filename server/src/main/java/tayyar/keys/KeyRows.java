package tayyar.keys;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Network;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;

/** Reads keys, with whose they are, from rows of {@link KeyStore}'s statement. */
final class KeyRows {
  private KeyRows() {}

  /** Returns the key with its own limit of requests alone. */
  static KeyStore.Row row(ResultSet rows) throws SQLException {
    Instant revokedAt = Sql.instant(rows, "revoked_ms");
    Instant expires = Sql.instant(rows, "expires_ms");
    Key key =
        new Key(
            rows.getString("id"),
            rows.getString("name"),
            rows.getString("hint"),
            revokedAt != null,
            expires == null ? Key.NEVER : expires.toEpochMilli(),
            account(rows),
            List.of(own(rows)),
            rows.getInt("shows_cost") == 1);
    Instant created = Instant.ofEpochMilli(rows.getLong("created_ms"));
    String own = rows.getString("models");
    List<String> models = own == null ? null : List.of(own.split("\n"));
    return new KeyStore.Row(key, models, created, Sql.instant(rows, "last_used_ms"), revokedAt);
  }

  private static Scope own(ResultSet row) throws SQLException {
    return new Scope(
        Level.KEY,
        row.getString("name"),
        row.getString("id"),
        Limits.ofRequests(row.getInt("requests_per_minute")));
  }

  private static Account account(ResultSet rows) throws SQLException {
    return new Account(
        rows.getString("project_id"),
        rows.getString("organisation_id"),
        rows.getString("organisation"),
        Sql.instant(rows, "suspended_ms") != null,
        rows.getInt("pays") == 1,
        rows.getLong("overdraft"),
        ZoneId.of(rows.getString("zone")),
        names(rows, "regions"),
        networks(rows),
        both(names(rows, "models"), names(rows, "plan_models")));
  }

  /** Null for all. */
  private static @Nullable Set<String> names(ResultSet rows, String column) throws SQLException {
    String lines = rows.getString(column);
    // A name that is there twice must not keep a server from reading its keys.
    return lines == null ? null : Set.copyOf(List.of(lines.split("\n")));
  }

  /** Null for anywhere; what is no network allows nobody. */
  private static @Nullable List<Network> networks(ResultSet rows) throws SQLException {
    String lines = rows.getString("networks");
    return lines == null
        ? null
        : Arrays.stream(lines.split("\n")).map(Network::of).filter(Objects::nonNull).toList();
  }

  private static @Nullable Set<String> both(@Nullable Set<String> a, @Nullable Set<String> b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    Set<String> both = new HashSet<>(a);
    both.retainAll(b);
    return Set.copyOf(both);
  }

  /** Returns the key with all limits that hold it. */
  static Key key(ResultSet row, Map<String, Limits> limits) throws SQLException {
    Key bare = row(row).key();
    Account account = bare.account();
    Limits own = limits.getOrDefault(bare.id(), Limits.NONE);
    List<Scope> scopes = new ArrayList<>();
    scopes.add(
        new Scope(Level.KEY, bare.name(), bare.id(), own.withRequests(bare.requestsPerMinute())));
    String project = row.getString("project");
    String plan = row.getString("plan");
    add(scopes, Level.PROJECT, project, account.projectId(), limits.get(account.projectId()));
    add(
        scopes,
        Level.ORGANISATION,
        account.organisation(),
        account.organisationId(),
        limits.get(account.organisationId()));
    if (plan != null) {
      add(scopes, Level.PLAN, plan, account.organisationId(), limits.get(row.getString("plan_id")));
    }
    return new Key(
        bare.id(),
        bare.name(),
        bare.hint(),
        bare.revoked(),
        bare.expiresMs(),
        account,
        List.copyOf(scopes),
        bare.showsCost());
  }

  private static void add(
      List<Scope> to, Level level, String name, String holder, @Nullable Limits limits) {
    if (limits != null && !limits.equals(Limits.NONE)) {
      to.add(new Scope(level, name, holder, limits));
    }
  }
}
