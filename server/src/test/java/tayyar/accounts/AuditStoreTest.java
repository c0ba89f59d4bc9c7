package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AuditStore.Entry;
import tayyar.accounts.AuditStore.Filter;
import tayyar.api.Money;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.Stores;

/** Every change is written down with it, and nothing else is. */
class AuditStoreTest {
  @TempDir private Path folder;
  private Store store;
  private AuditStore audit;

  @BeforeEach
  void open() {
    store = Stores.open(folder.resolve("tayyar.db"));
    audit = new AuditStore(store.dataSource());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<Entry> all() {
    return audit.find(new Filter(null, null, null, null, null, null, 1_000));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Set<String> texts(String sql) throws SQLException {
    Set<String> texts = new TreeSet<>();
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  @Test
  void aFreshStoreHasNoChange() {
    assertThat(all()).isEmpty();
  }

  @Test
  void aChangeHasItsMakerAndItsMoment() {
    Instant before = Instant.now();
    new AccountStore(store.dataSource(), "ali").suspend("default", true);
    Entry entry = all().getFirst();
    assertThat(all()).hasSize(1);
    assertThat(entry.who()).isEqualTo("ali");
    assertThat(entry.kind()).isEqualTo("organisation");
    assertThat(entry.subject()).isEqualTo("org_default");
    assertThat(entry.action()).isEqualTo("changed");
    assertThat(entry.at()).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    assertThat(entry.before()).contains("\"suspended\":null");
    assertThat(entry.after()).containsPattern("\"suspended\":\"20..-..-..T..:..:..\\.\\d{3}Z\"");
  }

  @Test
  void whatChangesNothingIsNoChange() {
    var accounts = new AccountStore(store.dataSource(), "ali");
    accounts.changePays("default", false);
    assertThat(all()).isEmpty();
  }

  /** A change that fails is not written down: both stand in one transaction. */
  @Test
  void whatFailsIsNotThere() {
    var accounts = new AccountStore(store.dataSource(), "ali");
    assertThatThrownBy(() -> accounts.createOrganisation("default", null, false, ZoneOffset.UTC))
        .isInstanceOf(AccountException.class);
    assertThatThrownBy(
            () ->
                new KeyStore(store.dataSource(), "ali")
                    .create("k", 1, new KeyStore.Terms("", List.of(""), null)))
        .hasMessageContaining("model");
    var movements = new Movements(store.dataSource());
    for (int i = 0; i < 4; i++) {
      movements.add("org_default", Movements.Kind.GRANT, Money.MAX, "", null, "ali");
    }
    assertThatThrownBy(() -> movements.add("org_default", Movements.Kind.GRANT, 1, "", null, "ali"))
        .hasMessageContaining("All movements together");
    assertThat(all()).hasSize(4).allMatch(entry -> entry.kind().equals("movement"));
  }

  @Test
  void aChangeByOtherMeansIsWrittenDownToo() throws SQLException {
    execute("UPDATE organisations SET pays = 1");
    new AccountStore(store.dataSource(), "ali").changePays("default", false);
    execute("INSERT INTO projects VALUES ('proj_x', 'org_default', 'x', 0)");
    execute("DELETE FROM projects WHERE id = 'proj_x'");
    assertThat(all().stream().map(Entry::who))
        .containsExactly("unknown", "unknown", "ali", "unknown");
    assertThat(all().getFirst().action()).isEqualTo("deleted");
  }

  @Test
  void aUseOfAKeyIsNoChange() throws SQLException {
    new KeyStore(store.dataSource(), "ali").create("k", 1);
    execute("UPDATE keys SET last_used_ms = 7");
    assertThat(all()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "UPDATE movements SET amount = 1",
        "DELETE FROM movements"
      })
  void theLogIsNeverChanged(String sql) {
    new Movements(store.dataSource()).add("org_default", Movements.Kind.GRANT, 7, "", null, "ali");
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining("never changed");
    assertThat(all()).hasSize(1);
  }

  /** Whoever adds a column to a table decides whether the log tells it. */
  @Test
  void eachColumnIsToldOrIsNoneToTell() throws SQLException {
    Set<String> untold = Set.of("sha256", "created_ms", "last_used_ms", "used", "made_by", "at_ms");
    for (String view : texts("SELECT name FROM sqlite_schema WHERE name LIKE 'told%'")) {
      String table = view.substring("told_".length());
      String sql = texts("SELECT sql FROM sqlite_schema WHERE name = '" + view + "'").toString();
      for (String column : texts("SELECT name FROM pragma_table_info('" + table + "')")) {
        assertThat(sql.matches("(?s).*\\b" + column + "\\b.*"))
            .as(table + "." + column)
            .isEqualTo(!untold.contains(column));
      }
    }
  }

  /** A page of the log is found by its filters. */
  @Test
  void filtersNarrowIt() {
    var ali = new AccountStore(store.dataSource(), "command line (ali)");
    ali.createOrganisation("acme", null, true, ZoneOffset.UTC);
    new KeyStore(store.dataSource(), "token x (adm_1)").create("k", 1);
    assertThat(all()).hasSize(3);
    assertThat(find(new Filter("key", null, null, null, null, null, 9))).hasSize(1);
    assertThat(find(new Filter(null, null, "ali", null, null, null, 9))).hasSize(2);
    assertThat(find(new Filter(null, "org_default", null, null, null, null, 9))).isEmpty();
    assertThat(
            find(
                new Filter(null, null, null, Instant.parse("2999-01-01T00:00:00Z"), null, null, 9)))
        .isEmpty();
    assertThat(find(new Filter(null, null, null, null, Instant.EPOCH, null, 9))).isEmpty();
    assertThat(find(new Filter(null, null, null, null, null, 2L, 9))).hasSize(1);
    assertThat(find(new Filter(null, null, null, null, null, null, 2))).hasSize(2);
  }

  private List<Entry> find(Filter filter) {
    return audit.find(filter);
  }
}
