package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Keep;
import tayyar.api.StoreAddress;
import tayyar.keys.KeyStore;
import tayyar.store.Copy;
import tayyar.store.Store;
import tayyar.store.StoreException;
import tayyar.testing.Postgres;

/** A store that moves to a real PostgreSQL server. */
@Tag("socket")
final class StoreCopyTest {
  @TempDir private Path folder;

  private StoreAddress.Server empty() {
    return Postgres.common().database(folder.resolve("journals"));
  }

  @Test
  void allOfItMovesAndGoesOnThere() throws Exception {
    StoreAddress.Server to = empty();
    try (History history = new History(folder, 7).rows(1_500)) {
      var accounts = new AccountStore(history.store.dataSource(), "test");
      var all = new Movements(history.store.dataSource());
      String cairo = accounts.organisation("Cairo").id();
      all.add(cairo, Movements.Kind.TOP_UP, 5_000, "مرحبا", "once", "test");
      var keep = new Keep(Duration.ofDays(70), null);
      new Retention(history.store.dataSource(), Set::of, keep, () -> History.NOW)
          .run(Retention.gentle(() -> true));
      new KeyStore(history.store.dataSource()).create("last", 5);
      execute(
          history.store, "UPDATE requests SET model = 'a' || char(0) || 'b' WHERE model = 'm3'");

      Map<String, Long> rows = Copy.of(new StoreAddress.File(history.file), to);

      assertThat(rows.get("requests")).isPositive();
      assertThat(rows.get("days")).isPositive();
      assertThat(rows.get("keys")).isEqualTo(17);
      try (Store moved = Store.open(to)) {
        assertThat(Reconciliation.of(moved.dataSource()).told()).isEmpty();
        assertThat(new AccountStore(moved.dataSource()).organisations())
            .isEqualTo(accounts.organisations());
        assertThat(new KeyStore(moved.dataSource()).list())
            .isEqualTo(new KeyStore(history.store.dataSource()).list());
        var every = new AuditStore.Filter(null, null, null, null, null, null, 1_000);
        assertThat(new AuditStore(moved.dataSource()).find(every))
            .isEqualTo(new AuditStore(history.store.dataSource()).find(every));

        var there = new AccountStore(moved.dataSource(), "test");
        long last = there.prices().stream().mapToLong(price -> price.id()).max().orElseThrow();
        assertThat(there.setPrice("m9", 1, 1, 1, 1, 1, null).id()).isEqualTo(last + 1);
        var again = new Movements(moved.dataSource());
        assertThat(again.add(cairo, Movements.Kind.TOP_UP, 5_000, "مرحبا", "once", "test").id())
            .isEqualTo(all.list(cairo).getFirst().id());
        assertThat(new AuditStore(moved.dataSource()).find(every).getFirst().kind())
            .as("what is changed there is told there")
            .isEqualTo("price");
      }
      assertThatThrownBy(() -> Copy.of(new StoreAddress.File(history.file), to))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is not empty: it has keys");
    }
  }

  @Test
  void aStoreThatServersUseStaysWhereItIs() throws Exception {
    StoreAddress.Server to = empty();
    try (History history = new History(folder, 8)) {
      execute(history.store, "INSERT INTO gateways VALUES ('1', 9999999999999)");
      assertThatThrownBy(() -> Copy.of(new StoreAddress.File(history.file), to))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("stop them first");
      execute(history.store, "UPDATE gateways SET until_ms = 5");
      assertThat(Copy.of(new StoreAddress.File(history.file), to).get("keys")).isEqualTo(16);
    }
  }

  @Test
  void whatIsNoServersIsRefused() {
    var file = new StoreAddress.File(folder.resolve("other.db"));
    assertThatThrownBy(() -> Copy.of(file, file)).hasMessageContaining("is a file");
  }

  private static void execute(Store store, String sql) throws Exception {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * A table or a column that one of the two steps forgets would be missed here. Counters are the
   * server's alone, and in no log of it.
   */
  @Test
  void bothDatabasesHaveTheSameTablesAndEachIsCopiedOrOfRunningServers() throws Exception {
    StoreAddress.Server to = empty();
    try (History history = new History(folder, 9);
        Store server = Store.open(to)) {
      List<String> here =
          texts(
              history.store,
              "SELECT m.name || '.' || p.name FROM sqlite_schema m, pragma_table_info(m.name) p"
                  + " WHERE m.type = 'table'");
      List<String> there =
          texts(
              server,
              "SELECT table_name || '.' || column_name FROM information_schema.columns"
                  + " WHERE table_schema = 'public' AND column_name <> 'rowid'"
                  + " AND table_name NOT IN ('schema_version', 'limit_windows', 'limit_places')");
      assertThat(there).containsExactlyInAnyOrderElementsOf(here);
      assertThat(
              texts(
                  server,
                  "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'"))
          .containsExactlyInAnyOrder("limit_windows", "limit_places");
      Set<String> all = new TreeSet<>();
      here.forEach(column -> all.add(column.substring(0, column.indexOf('.'))));
      all.removeAll(List.of("acting", "keys_version", "gateways", "leases", "answering"));
      Map<String, Long> copied = Copy.of(new StoreAddress.File(history.file), to);
      assertThat(copied.keySet()).containsExactlyInAnyOrderElementsOf(all);
    }
  }

  private static List<String> texts(Store store, String sql) throws Exception {
    List<String> all = new ArrayList<>();
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }
}
