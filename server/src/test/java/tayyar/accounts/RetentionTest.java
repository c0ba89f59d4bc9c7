package tayyar.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.Retention.Done;
import tayyar.accounts.Retention.Pace;
import tayyar.api.Keep;
import tayyar.testing.BrokenSource;

/** Old rows become sums of days; what was used and paid stays the same. */
class RetentionTest {
  private static final Pace ON = _ -> true;
  private static final Duration KEEP = Duration.ofDays(70);

  @TempDir private Path folder;

  private static Retention retention(
      DataSource source, Set<String> running, @Nullable Path archive) {
    return new Retention(
        source, () -> running, new Keep(KEEP, archive), InstantSource.fixed(History.NOW));
  }

  private static void assertAgrees(History history) {
    assertThat(Reconciliation.of(history.store.dataSource()).told()).isEmpty();
  }

  /** The ids in all files, each as often as it stands there. */
  private static List<String> archived(Path archive) throws IOException {
    List<String> ids = new ArrayList<>();
    try (var files = Files.list(archive)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".csv")).sorted().toList()) {
        try (CsvFile csv = CsvFile.open(file)) {
          for (CsvRow row = csv.next(); row != null; row = csv.next()) {
            ids.add(row.id());
          }
        }
      }
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void sumsStayTheSame(long seed) throws Exception {
    try (History history = new History(folder, seed).rows(2_000)) {
      var before = history.told();
      Set<String> all = history.ids();
      assertAgrees(history);
      Path archive = seed % 2 == 0 ? null : folder.resolve("archive");

      Done done = retention(history.store.dataSource(), Set.of(), archive).run(ON);

      assertThat(done.rows()).isPositive().isEqualTo(all.size() - history.ids().size());
      assertThat(history.number("SELECT sum(requests) FROM days")).isEqualTo(done.rows());
      assertThat(
              history.number(
                  "SELECT min(recorded_us) / 86400000000 * 86400 - "
                      + History.NOW.minus(KEEP).getEpochSecond()
                      + " FROM requests"))
          .isBetween(-86_400L, 86_400L);
      assertThat(history.told()).isEqualTo(before);
      assertAgrees(history);
      if (archive != null) {
        Set<String> together = new TreeSet<>(history.ids());
        assertThat(archived(archive)).doesNotHaveDuplicates().hasSize((int) done.rows());
        together.addAll(archived(archive));
        assertThat(together).isEqualTo(all);
      }
      assertThat(retention(history.store.dataSource(), Set.of(), archive).run(ON))
          .isEqualTo(new Done(0, 0));
    }
  }

  /** Killed between any two steps, it goes on the next time. */
  @Test
  void aStopAtEachStepLosesNothing() throws Exception {
    try (History history = new History(folder, 9).rows(3_000)) {
      history.execute("UPDATE requests SET recorded_us = recorded_us / 2000000000 * 2000000000");
      history.execute(
          "UPDATE requests SET recorded_us = (SELECT min(recorded_us) FROM requests)"
              + " WHERE recorded_us < "
              + 1_000_000 * History.NOW.minus(Duration.ofDays(100)).getEpochSecond());
      var before = history.told();
      Set<String> all = history.ids();
      Path archive = folder.resolve("archive");
      var stopped = new AtomicInteger(1);
      for (int n = 1; stopped.get() > 0; n++) {
        assertThat(n).isLessThan(500);
        stopped.set(0);
        var left = new AtomicInteger(n);
        retention(history.store.dataSource(), Set.of(), archive)
            .run(_ -> left.decrementAndGet() > 0 || stopped.incrementAndGet() < 0);
        Set<String> together = new TreeSet<>(archived(archive));
        together.addAll(history.ids());
        assertThat(together).isEqualTo(all);
        assertThat(archived(archive)).doesNotHaveDuplicates();
      }
      assertThat(history.told()).isEqualTo(before);
      assertAgrees(history);
    }
  }

  /** The n-th call of the database fails, before or behind its work. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFailureOfAnyCallLosesNothing(boolean done) throws Exception {
    try (History history = new History(folder, 10).rows(60)) {
      history.execute(
          "UPDATE requests SET recorded_us = recorded_us / 3000000000000 * 3000000000000");
      var before = history.told();
      Set<String> all = history.ids();
      Path archive = folder.resolve("archive");
      boolean untouched = false;
      for (int n = 1; !untouched; n++) {
        assertThat(n).isLessThan(5_000);
        var source = new BrokenSource(history.store.dataSource(), n, done);
        try {
          retention(source.source(), Set.of(), archive).run(ON);
          untouched = !source.hasStruck();
        } catch (AccountException e) {
          assertThat(e).hasMessageContaining("by the test");
        }
        assertThat(source.open()).as("connections, n = %d", n).isZero();
        Set<String> together = new TreeSet<>(archived(archive));
        together.addAll(history.ids());
        assertThat(together).as("n = %d", n).isEqualTo(all);
        assertThat(archived(archive)).doesNotHaveDuplicates();
      }
      assertThat(history.told()).isEqualTo(before);
      assertAgrees(history);
    }
  }

  /** A start after a kill writes what stands in a journal and is not there. */
  @Test
  void whatStandsInAJournalStays() throws Exception {
    try (History history = new History(folder, 11).rows(500)) {
      var before = history.told();
      String oldest =
          history.texts("SELECT request_id FROM requests ORDER BY recorded_us").getFirst();
      retention(history.store.dataSource(), Set.of(oldest), folder.resolve("archive")).run(ON);
      assertThat(history.ids()).contains(oldest);
      assertThat(history.told()).isEqualTo(before);
      retention(history.store.dataSource(), Set.of(), folder.resolve("archive")).run(ON);
      assertThat(history.ids()).doesNotContain(oldest);
      assertThat(archived(folder.resolve("archive"))).doesNotHaveDuplicates().contains(oldest);
      assertThat(history.told()).isEqualTo(before);
    }
  }

  /** A row that comes when its day is in the archive goes into its file with the next run. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLateRowIsAddedToItsFile(boolean edited) throws Exception {
    try (History history = new History(folder, 12).rows(500)) {
      Set<String> all = history.ids();
      String day = "SELECT min(recorded_us) FROM requests";
      long first = history.number(day);
      Path archive = folder.resolve("archive");
      retention(history.store.dataSource(), Set.of(), archive).run(ON);
      if (edited) {
        asAnEditorLeavesThem(archive);
      }
      history.execute(
          "UPDATE requests SET recorded_us = "
              + (first + 1)
              + " WHERE request_id = (SELECT max(request_id) FROM requests)");
      assertThat(retention(history.store.dataSource(), Set.of(), archive).run(ON))
          .isEqualTo(new Done(1, 1));
      Set<String> together = new TreeSet<>(archived(archive));
      together.addAll(history.ids());
      assertThat(together).isEqualTo(all);
      assertAgrees(history);
    }
  }

  /** Other ends of lines, an empty line, and no end of the last one. */
  private static void asAnEditorLeavesThem(Path archive) throws IOException {
    try (var files = Files.list(archive)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".csv")).toList()) {
        String text = Files.readString(file).replace("\r\n", "\n").strip();
        Files.writeString(file, text.replaceFirst("\n", "\n\n"));
      }
    }
  }

  @Test
  void filesAreTheOwnersAlone() throws Exception {
    Path archive = folder.resolve("a/archive");
    try (History history = new History(folder, 13).rows(200)) {
      String oldest =
          history.texts("SELECT request_id FROM requests ORDER BY recorded_us").getFirst();
      retention(history.store.dataSource(), Set.of(), archive).run(ON);
      assertThat(archived(archive).getFirst()).isNotNull();
      assertThat(archived(archive)).contains(oldest);
    }
    assertThat(Files.getPosixFilePermissions(archive))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    try (var files = Files.list(archive)) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(Files.getPosixFilePermissions(file))
                      .isEqualTo(PosixFilePermissions.fromString("rw-------")))
          .noneMatch(file -> file.toString().endsWith(".part"));
    }
  }

  @Test
  void oneWorksOnAFolderAtATime() throws Exception {
    Path archive = folder.resolve("archive");
    try (History history = new History(folder, 14).rows(50)) {
      var steps = new AtomicInteger();
      retention(history.store.dataSource(), Set.of(), archive)
          .run(
              _ -> {
                steps.incrementAndGet();
                assertThatThrownBy(
                        () -> retention(history.store.dataSource(), Set.of(), archive).run(ON))
                    .hasMessageContaining("Somebody else archives");
                return false;
              });
      assertThat(steps).hasValue(1);
    }
  }

  @Test
  void aShorterTimeIsRefused() {
    assertThatThrownBy(() -> new Keep(Duration.ofDays(63).minusSeconds(1), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Keep(Duration.ofDays(63), null).archive()).isNull();
  }

  /** A day whose amount does not fit its tokens is told. */
  @Test
  void reconcileFindsAWrongDay() throws Exception {
    try (History history = new History(folder, 15).rows(400)) {
      retention(history.store.dataSource(), Set.of(), null).run(ON);
      assertAgrees(history);
      history.execute("UPDATE days SET amount = amount + requests WHERE price_id = 1");
      var result = Reconciliation.of(history.store.dataSource());
      assertThat(result.told().stream().map(Reconciliation.Difference::what))
          .contains("day", "organisation", "key");
      assertThat(result.days()).isPositive();
      history.execute("UPDATE days SET price_id = 77 WHERE price_id = 1");
      assertThat(Reconciliation.of(history.store.dataSource()).told())
          .anyMatch(each -> each.why().equals("its price is not there"));
    }
  }
}
