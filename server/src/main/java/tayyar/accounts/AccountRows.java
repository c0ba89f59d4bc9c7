package tayyar.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import tayyar.accounts.AccountStore.Organisation;
import tayyar.accounts.AccountStore.Plan;
import tayyar.accounts.AccountStore.Project;
import tayyar.api.Price;

/** Reads the rows of accounts and prices. */
final class AccountRows {
  private AccountRows() {}

  static Price price(ResultSet row) throws SQLException {
    return new Price(
        row.getLong("id"),
        row.getString("model"),
        row.getLong("input"),
        row.getLong("cached_input"),
        row.getLong("cache_write"),
        row.getLong("output"),
        row.getLong("request"),
        row.getLong("valid_from_ms"));
  }

  static Organisation organisation(ResultSet row) throws SQLException {
    return new Organisation(
        row.getString("id"),
        row.getString("name"),
        row.getString("plan"),
        row.getInt("pays") == 1,
        AccountStore.zone(row.getString("zone")),
        Sql.lines(row, "regions"),
        Sql.lines(row, "networks"),
        Sql.instant(row, "suspended_ms"),
        Instant.ofEpochMilli(row.getLong("created_ms")),
        row.getLong("granted"),
        row.getLong("used"));
  }

  static Project project(ResultSet row) throws SQLException {
    return new Project(
        row.getString("id"),
        row.getString("name"),
        row.getString("organisation"),
        Instant.ofEpochMilli(row.getLong("created_ms")));
  }

  static Plan plan(ResultSet row) throws SQLException {
    return new Plan(
        row.getString("id"),
        row.getString("name"),
        Sql.lines(row, "models"),
        row.getLong("overdraft"));
  }
}
