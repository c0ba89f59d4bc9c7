package tayyar.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.StoreAddress;

/**
 * Copies a store into an empty one at a PostgreSQL server, and compares every row of both before
 * anything counts. Blocks, for as long as that takes.
 */
public final class Copy {
  /** Each table with what its rows are sorted by, those that others refer to first. */
  private static final Map<String, String> TABLES = tables();

  private static final int ROWS_AT_ONCE = 500;

  private final Connection from;
  private final Connection to;

  private Copy(Connection from, Connection to) {
    this.from = from;
    this.to = to;
  }

  private static Map<String, String> tables() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("currency", "code");
    all.put("plans", "id");
    all.put("organisations", "id");
    all.put("projects", "id");
    all.put("keys", "rowid");
    all.put("limits", "holder_id");
    all.put("prices", "id");
    all.put("movements", "id");
    all.put("used", "organisation_id");
    all.put("admin_tokens", "rowid");
    all.put("audit", "id");
    all.put("requests", "request_id");
    all.put("days", "day, project_id, key_id, model, price_id, outcome");
    all.put("responses", "id");
    all.put("responses_held", "organisation_id");
    return Collections.unmodifiableMap(all);
  }

  /**
   * Copies all but what belongs to running servers: their leases, and that they live.
   *
   * @param to a store without rows, which stays so where this fails
   * @return the number of rows by table, in the order in which they were copied
   * @throws StoreException if the other one is no server's or not empty, servers use the first, or
   *     either fails
   */
  public static Map<String, Long> of(StoreAddress from, StoreAddress to) {
    if (!(to instanceof StoreAddress.Server)) {
      throw new StoreException("'" + to + "' is a file; a store is copied to a PostgreSQL server.");
    }
    try (Store old = Store.openExisting(from);
        Store made = Store.open(to);
        Connection reading = old.dataSource().getConnection();
        Connection writing = made.dataSource().getConnection()) {
      reading.setReadOnly(true);
      reading.setAutoCommit(false);
      writing.setAutoCommit(false);
      Map<String, Long> rows = new Copy(reading, writing).all(from, to);
      writing.commit();
      return rows;
    } catch (SQLException e) {
      throw new StoreException("The store cannot be copied: " + e.getMessage() + ".", e);
    }
  }

  private Map<String, Long> all(StoreAddress source, StoreAddress target) throws SQLException {
    if (number(from, "SELECT count(*) FROM gateways WHERE until_ms > ?") > 0) {
      throw new StoreException(
          "Servers use the store '" + source + "': stop them first, so that no row comes late.");
    }
    for (String table : List.of("keys", "movements", "requests", "admin_tokens", "audit")) {
      if (number(to, "SELECT count(*) FROM " + table + " WHERE ? > 0") > 0) {
        throw new StoreException("The store '" + target + "' is not empty: it has " + table + ".");
      }
    }
    List<String> backwards = new ArrayList<>(TABLES.keySet());
    Collections.reverse(backwards);
    for (String table : backwards) {
      // What triggers would write is copied too.
      run("ALTER TABLE " + table + " DISABLE TRIGGER USER");
      run("DELETE FROM " + table);
    }
    Map<String, Long> rows = new LinkedHashMap<>();
    for (String table : TABLES.keySet()) {
      rows.put(table, copy(table));
    }
    for (String table : TABLES.keySet()) {
      run("ALTER TABLE " + table + " ENABLE TRIGGER USER");
    }
    for (String numbered : List.of("prices.id", "movements.id", "audit.id")) {
      numbersGoOn(numbered.substring(0, numbered.indexOf('.')), "id");
    }
    numbersGoOn("keys", "rowid");
    numbersGoOn("admin_tokens", "rowid");
    run("UPDATE keys_version SET version = version + 1");
    return rows;
  }

  private long copy(String table) throws SQLException {
    long count = 0;
    byte[] sum;
    List<String> columns;
    try (PreparedStatement ask = select(from, "*", table);
        ResultSet rows = ask.executeQuery()) {
      columns = columns(rows.getMetaData());
      String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
      String insert =
          "INSERT INTO %s (%s) VALUES (%s)".formatted(table, String.join(", ", columns), marks);
      MessageDigest all = sha256();
      try (PreparedStatement put = to.prepareStatement(insert)) {
        while (rows.next()) {
          for (int i = 1; i <= columns.size(); i++) {
            @Nullable Object value = value(rows, i);
            add(all, value);
            put.setObject(i, value);
          }
          put.addBatch();
          if (++count % ROWS_AT_ONCE == 0) {
            put.executeBatch();
          }
        }
        put.executeBatch();
      }
      sum = all.digest();
    }
    if (!Arrays.equals(sum, sum(table, columns))) {
      throw new StoreException("The copy of '" + table + "' is not as the rows it was made of.");
    }
    return count;
  }

  /** What of the copy's rows, read again, the sum is. */
  private byte[] sum(String table, List<String> columns) throws SQLException {
    MessageDigest all = sha256();
    try (PreparedStatement ask = select(to, String.join(", ", columns), table);
        ResultSet rows = ask.executeQuery()) {
      while (rows.next()) {
        for (int i = 1; i <= columns.size(); i++) {
          add(all, value(rows, i));
        }
      }
    }
    return all.digest();
  }

  private static PreparedStatement select(Connection on, String columns, String table)
      throws SQLException {
    PreparedStatement ask =
        on.prepareStatement(
            "SELECT %s FROM %s ORDER BY %s".formatted(columns, table, TABLES.get(table)));
    ask.setFetchSize(ROWS_AT_ONCE);
    return ask;
  }

  /** PostgreSQL has a word of its own for the column of a table with one row. */
  private static List<String> columns(ResultSetMetaData row) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= row.getColumnCount(); i++) {
      names.add('"' + row.getColumnLabel(i) + '"');
    }
    return names;
  }

  /** PostgreSQL's texts have no character 0. */
  private static @Nullable Object value(ResultSet row, int column) throws SQLException {
    Object value = row.getObject(column);
    return switch (value) {
      case null -> null;
      case Number number -> number.longValue();
      case String text -> text.replace('\0', '\uFFFD');
      default -> value;
    };
  }

  /** Each value with its kind and its length: no two rows that differ have the same sum. */
  private static void add(MessageDigest to, @Nullable Object value) {
    byte[] bytes =
        switch (value) {
          case null -> new byte[0];
          case byte[] raw -> raw;
          default -> value.toString().getBytes(StandardCharsets.UTF_8);
        };
    int kind = value == null ? 0 : value instanceof Long ? 1 : value instanceof String ? 2 : 3;
    to.update(ByteBuffer.allocate(5).put((byte) kind).putInt(bytes.length).flip());
    to.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private void numbersGoOn(String table, String column) throws SQLException {
    run(
        "SELECT setval(pg_get_serial_sequence('%1$s', '%2$s'), coalesce(max(%2$s), 0) + 1, false) FROM %1$s"
            .formatted(table, column));
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = to.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The number that a statement gives, whose parameter is the present moment in milliseconds. */
  private static long number(Connection on, String sql) throws SQLException {
    try (PreparedStatement ask = on.prepareStatement(sql)) {
      ask.setLong(1, System.currentTimeMillis());
      try (ResultSet row = ask.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }
}
