package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AuditStore.Entry;
import tayyar.accounts.Export.Part;
import tayyar.api.Keep;
import tayyar.api.Limits;
import tayyar.api.Scope.Level;
import tayyar.keys.KeyStore;

/** An organisation leaves: all of it can be had before, and nobody is named afterwards. */
class ErasureTest {
  private static final String NAME = "Cairo";
  private static final String SECRET_NOTE = "invoice of Mrs Hassan";

  @TempDir private Path folder;

  private static History history(Path folder) throws Exception {
    History history = new History(folder, 21).rows(400);
    var source = history.store.dataSource();
    new Movements(source)
        .add(id(history), Movements.Kind.TOP_UP, 7_000, SECRET_NOTE, "idem-hassan", "ali");
    new LimitStore(source, "ali").change(Level.ORGANISATION, NAME, _ -> Limits.ofRequests(7));
    history.execute(
        """
        INSERT INTO responses (id, organisation_id, created_ms, input_json, response_json, bytes)
        VALUES ('resp_1', '%s', 7, '["%s"]', '{}', 9)"""
            .formatted(id(history), SECRET_NOTE));
    return history;
  }

  private static String id(History history) {
    return new AccountStore(history.store.dataSource()).organisation(NAME).id();
  }

  private static void erase(History history, boolean withBalance) {
    new Erasure(history.store.dataSource(), "ali").erase(NAME, NAME, withBalance);
  }

  @Test
  void nothingNamesItAfterwards() throws Exception {
    try (History history = history(folder)) {
      String id = id(history);
      List<String> hints = history.texts("SELECT hint FROM keys WHERE project_id IN " + own(id));
      long rows = history.number("SELECT count(*) FROM requests");
      long movements = history.number("SELECT sum(amount) FROM movements");
      erase(history, true);
      assertThat(history.number("SELECT count(*) FROM requests")).isEqualTo(rows);
      assertThat(history.number("SELECT sum(amount) FROM movements")).isEqualTo(movements);
      history.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      List<String> all = new ArrayList<>();
      for (String table :
          history.texts(
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'requests'")) {
        for (String column : history.texts("SELECT name FROM pragma_table_info('" + table + "')")) {
          all.addAll(
              history.texts(
                  "SELECT '%s.%s ' || CAST(%s AS TEXT) FROM %s WHERE %s IS NOT NULL"
                      .formatted(table, column, column, table, column)));
        }
      }
      assertThat(all)
          .noneMatch(text -> text.contains("hassan") || text.contains("Hassan"))
          .noneMatch(text -> hints.stream().anyMatch(text::contains))
          .filteredOn(text -> text.contains(NAME) && !text.contains("Africa/Cairo"))
          .isEmpty();
    }
  }

  private static String own(String id) {
    return "(SELECT id FROM projects WHERE organisation_id = '" + id + "')";
  }

  @Test
  void theBooksStayAndAgree() throws Exception {
    try (History history = history(folder)) {
      long used = history.number("SELECT sum(amount) FROM used");
      String id = id(history);
      erase(history, true);
      assertThat(Reconciliation.of(history.store.dataSource()).told()).isEmpty();
      assertThat(history.number("SELECT sum(amount) FROM used")).isEqualTo(used);
      // A row that ends behind the deletion is its own, and harms nothing.
      history.rowOf(id, "req_late");
      assertThat(Reconciliation.of(history.store.dataSource()).told()).isEmpty();
      var accounts = new AccountStore(history.store.dataSource());
      assertThat(accounts.organisations()).noneMatch(each -> each.id().equals(id));
      assertThat(accounts.projects(null)).noneMatch(each -> each.organisation().equals(id));
      assertThatThrownBy(() -> accounts.organisation(id)).hasMessageContaining("There is no org");
      assertThatThrownBy(() -> accounts.project(id)).hasMessageContaining("There is no project");
      assertThat(new KeyStore(history.store.dataSource()).list()).hasSize(12);
      accounts.createOrganisation(NAME, null, true, ZoneOffset.UTC);
      assertThatThrownBy(() -> history.execute("UPDATE organisations SET erased_ms = NULL"))
          .hasMessageContaining("stays so");
    }
  }

  @Test
  void theLogTellsThatItWasDeletedAndByWhom() throws Exception {
    try (History history = history(folder)) {
      String id = id(history);
      erase(history, true);
      List<Entry> its =
          new AuditStore(history.store.dataSource())
              .find(new AuditStore.Filter("organisation", id, null, null, null, null, 10));
      assertThat(its.getFirst().action()).isEqualTo("deleted");
      assertThat(its.getFirst().who()).isEqualTo("ali");
      assertThat(its.getLast().action()).isEqualTo("created");
      assertThat(its.getLast().after()).isEqualTo("{\"erased\":true}");
    }
  }

  /** The mark opens the books of one organisation, and for blank texts alone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE movements SET note = ''",
        "UPDATE movements SET amount = 1, note = '' WHERE organisation_id = '%s'",
        "UPDATE movements SET note = 'other' WHERE organisation_id = '%s'",
        "UPDATE movements SET made_by = 'other' WHERE organisation_id = '%s'",
        "DELETE FROM movements WHERE organisation_id = '%s'",
        "UPDATE audit SET before_json = '{}' WHERE subject = '%s'",
        "UPDATE audit SET who = 'other' WHERE subject = '%s'",
        "UPDATE audit SET after_json = '{\"erased\":true}' WHERE after_json IS NOT NULL",
        "DELETE FROM audit WHERE subject = '%s'"
      })
  void nothingElseMayBeChanged(String sql) throws Exception {
    try (History history = history(folder)) {
      String id = id(history);
      new Movements(history.store.dataSource())
          .add("org_default", Movements.Kind.GRANT, 7, "kept", null, "ali");
      erase(history, true);
      assertThatThrownBy(() -> history.execute(sql.formatted(id)))
          .hasMessageContaining("never changed");
    }
  }

  @Test
  void itIsRefusedWhereItIsNotMeant() throws Exception {
    try (History history = history(folder)) {
      var erasure = new Erasure(history.store.dataSource(), "ali");
      assertThatThrownBy(() -> erase(history, false)).hasMessageContaining("has a balance of");
      assertThatThrownBy(() -> erasure.erase(NAME, "cairo", true))
          .hasMessageContaining("once more");
      assertThatThrownBy(() -> erasure.erase("default", "default", true))
          .hasMessageContaining("cannot be deleted");
      assertThatThrownBy(() -> erasure.erase("nobody", "nobody", true))
          .hasMessageContaining("There is no organisation");
      assertThat(id(history)).isNotEmpty();
    }
  }

  @Test
  void allOfItCanBeHadBefore() throws Exception {
    try (History history = history(folder)) {
      var source = history.store.dataSource();
      String id = id(history);
      new Retention(
              source, Set::of, new Keep(Keep.SHORTEST, null), InstantSource.fixed(History.NOW))
          .run(_ -> true);
      Path to = folder.resolve("export");
      Map<Part, Long> counts =
          new Export(source).write(NAME, to, (Map<String, @Nullable Object> row) -> row.toString());
      assertThat(counts.keySet()).containsExactly(Part.values());
      assertThat(counts.values()).allMatch(count -> count > 0);
      assertThat(counts).containsEntry(Part.KEYS, 4L).containsEntry(Part.PROJECTS, 2L);
      long rows =
          history.number(
              "SELECT count(*) FROM requests LEFT JOIN keys ON keys.id = key_id"
                  + " WHERE coalesce(requests.project_id, keys.project_id) IN "
                  + own(id));
      assertThat(counts).containsEntry(Part.REQUESTS, rows);
      StringBuilder text = new StringBuilder();
      for (Part part : Part.values()) {
        Path file = to.resolve(part.word() + ".jsonl");
        assertThat(Files.getPosixFilePermissions(file))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        text.append(Files.readString(file));
      }
      assertThat(text)
          .contains(SECRET_NOTE, NAME, "amount=0.000007", "recorded=2026-")
          .doesNotContain("sha256", "Kiritimati", "New_York");
      assertThatThrownBy(() -> new Export(source).write(NAME, to, Object::toString))
          .hasMessageContaining("is not empty");
    }
  }
}
