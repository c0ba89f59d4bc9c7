package tayyar.stored;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountStore;
import tayyar.accounts.Erasure;
import tayyar.accounts.Export;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Storing;
import tayyar.store.Store;
import tayyar.testing.Stores;

/** The shelf with a database. */
class ShelfTest {
  private static final String DEFAULT = "org_default";

  private final Store store;

  ShelfTest(@TempDir Path folder) {
    store = Stores.open(folder.resolve("tayyar.db"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Shelf open(String gateway, Storing most) throws SQLException {
    return Shelf.open(store.dataSource(), store.dataSource(Duration.ofSeconds(3)), gateway, most);
  }

  private static Kept kept(String id, String organisation, long createdMs, boolean running) {
    byte[] response =
        ("{\"id\":\"" + id + "\",\"status\":\"in_progress\",\"error\":null}").getBytes(UTF_8);
    return new Kept(
        id, organisation, null, createdMs, running, "[]".getBytes(UTF_8), response, null);
  }

  private static Kept now(String id) {
    return kept(id, DEFAULT, System.currentTimeMillis(), false);
  }

  private void put(Storing most, Kept... all) throws SQLException {
    try (Shelf shelf = open("1", most)) {
      for (Kept each : all) {
        assertThat(shelf.put(each)).isTrue();
      }
    }
  }

  /** Read by another shelf, so from the database. */
  private @Nullable Kept read(String organisation, String id) throws SQLException {
    try (Shelf shelf = open("other", Storing.USUAL)) {
      return shelf.findWithEvents(organisation, id, Room.ENDLESS);
    }
  }

  private static String told(@Nullable Kept its) {
    return new String(Objects.requireNonNull(its).response(), UTF_8);
  }

  @Test
  void whatIsPutIsFoundBeforeAndAfterItIsWritten() throws SQLException {
    byte[] events = "event: a\ndata: {}\n\n".repeat(2000).getBytes(UTF_8);
    Kept first = now("a");
    var with = new Kept("a", DEFAULT, "b", 5, false, first.input(), first.response(), events);
    try (Shelf shelf = open("1", Storing.USUAL)) {
      try (Connection lock = store.dataSource().getConnection()) {
        lock.setAutoCommit(false);
        lock.createStatement().executeUpdate("UPDATE acting SET who = who");
        assertThat(shelf.put(with)).isTrue();
        assertThat(shelf.findWithEvents(DEFAULT, "a", Room.ENDLESS)).isSameAs(with);
        assertThat(shelf.findWithEvents("org_other", "a", Room.ENDLESS)).isNull();
        lock.rollback();
      }
    }
    Kept read = Objects.requireNonNull(read(DEFAULT, "a"));
    assertThat(read.events()).isEqualTo(events);
    assertThat(read.previousId()).isEqualTo("b");
    assertThat(read.createdMs()).isEqualTo(5);
    assertThat(read(DEFAULT, "b")).isNull();
    assertThat(read("org_other", "a")).isNull();
  }

  /** What is read is taken from the room first, its events only where they are wanted. */
  @Test
  void whatIsReadHasRoom() throws SQLException {
    byte[] events = "event: a\ndata: {}\n\n".repeat(2000).getBytes(UTF_8);
    Kept first = now("a");
    put(
        Storing.USUAL,
        new Kept("a", DEFAULT, null, 5, false, first.input(), first.response(), events));
    try (Shelf shelf = open("1", Storing.USUAL)) {
      var bare = new Taken(first.bytes());
      Kept read = Objects.requireNonNull(shelf.find(DEFAULT, "a", bare));
      assertThat(read.events()).isNull();
      assertThat(bare.taken).isEqualTo(first.bytes());
      int all = first.bytes() + events.length;
      for (Taken few : List.of(new Taken(all - 1), new Taken(first.bytes() - 1))) {
        assertThatThrownBy(() -> shelf.findWithEvents(DEFAULT, "a", few))
            .isInstanceOfSatisfying(
                Refused.class, e -> assertThat(e.error()).isEqualTo(new ApiError.MemoryFull()));
      }
      assertThat(shelf.findWithEvents(DEFAULT, "a", new Taken(all))).isNotNull();
    }
  }

  /** A room of so many bytes. */
  private static final class Taken implements Room {
    private final long most;
    private long taken;

    Taken(long most) {
      this.most = most;
    }

    @Override
    public boolean take(long bytes) {
      taken += bytes;
      return taken <= most;
    }

    @Override
    public void give(long bytes) {
      taken -= bytes;
    }
  }

  @Test
  void oneThatIsTooLargeIsRefused() throws SQLException {
    try (Shelf shelf = open("1", new Storing(Duration.ofDays(1), 40, 9, 1 << 20))) {
      assertThat(shelf.put(now("a"))).isFalse();
      assertThat(shelf.findWithEvents(DEFAULT, "a", Room.ENDLESS)).isNull();
    }
  }

  @Test
  void theOldestGoWhereAnOrganisationHasTooMany() throws SQLException {
    var three = new Storing(Duration.ofDays(1), 1 << 20, 3, 1 << 20);
    long now = System.currentTimeMillis();
    List<Kept> all = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      all.add(kept("r" + i, DEFAULT, now + i, false));
    }
    put(three, all.toArray(Kept[]::new));
    assertThat(read(DEFAULT, "r5")).isNull();
    assertThat(read(DEFAULT, "r6")).isNotNull();

    int bytes = all.getFirst().bytes();
    put(
        new Storing(Duration.ofDays(1), 1 << 20, 9, 2L * bytes + 1),
        kept("s9", DEFAULT, now + 9, false));
    assertThat(read(DEFAULT, "r7")).isNull();
    assertThat(read(DEFAULT, "r8")).isNotNull();
    assertThat(read(DEFAULT, "s9")).isNotNull();
  }

  @Test
  void theyGoWhenTheirTimeIsOver() throws SQLException {
    long old = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
    put(Storing.USUAL, kept("old", DEFAULT, old, false), now("new"));
    try (Shelf shelf = open("1", new Storing(Duration.ofHours(1), 1 << 20, 9, 1 << 20))) {
      Awaitility.await("the old one to go")
          .atMost(Duration.ofSeconds(10))
          .until(() -> shelf.findWithEvents(DEFAULT, "old", Room.ENDLESS) == null);
      assertThat(shelf.findWithEvents(DEFAULT, "new", Room.ENDLESS)).isNotNull();
    }
  }

  /** Nothing stays in progress for ever, whose server was killed. */
  @Test
  void whatAKilledGatewayAnsweredHasFailed() throws SQLException {
    long now = System.currentTimeMillis();
    try (Shelf shelf = open("1", Storing.USUAL)) {
      shelf.state(kept("mine", DEFAULT, now, true), _ -> {});
    }
    try (Shelf shelf = open("2", Storing.USUAL)) {
      shelf.state(kept("lives", DEFAULT, now, true), _ -> {});
    }
    alive("2", now + 60_000);
    try (Shelf shelf = open("1", Storing.USUAL)) {
      Kept mine = Objects.requireNonNull(shelf.findWithEvents(DEFAULT, "mine", Room.ENDLESS));
      assertThat(mine.running()).isFalse();
      assertThat(told(mine)).contains("\"status\":\"failed\"", "\"code\":\"server_error\"");
      assertThat(told(shelf.findWithEvents(DEFAULT, "lives", Room.ENDLESS)))
          .contains("in_progress");
    }
    alive("2", now - 1);
    try (Shelf shelf = open("1", Storing.USUAL)) {
      Awaitility.await("the other one to be taken for lost")
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> told(shelf.findWithEvents(DEFAULT, "lives", Room.ENDLESS)).contains("failed"));
    }
  }

  private void alive(String gateway, long untilMs) throws SQLException {
    try (Connection on = store.dataSource().getConnection();
        var write =
            on.prepareStatement(
                "INSERT INTO answering VALUES (?, ?)"
                    + " ON CONFLICT (gateway_id) DO UPDATE SET until_ms = excluded.until_ms")) {
      write.setString(1, gateway);
      write.setLong(2, untilMs);
      write.executeUpdate();
    }
  }

  @Test
  void oneIsCancelledAtAnotherGateway() throws SQLException {
    long now = System.currentTimeMillis();
    alive("1", now + 60_000);
    var cancelled = new CompletableFuture<String>();
    try (Shelf first = open("1", Storing.USUAL);
        Shelf second = open("2", Storing.USUAL)) {
      first.onCancel(cancelled::complete);
      var written = new CompletableFuture<Boolean>();
      first.state(kept("a", DEFAULT, now, true), written::complete);
      assertThat(written.join()).isTrue();
      second.cancelElsewhere("org_other", "a");
      second.cancelElsewhere(DEFAULT, "a");
      assertThat(cancelled.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
          .isEqualTo("a");
    }
  }

  @Test
  void theyLeaveWithTheirOrganisation() throws SQLException {
    var accounts = new AccountStore(store.dataSource());
    String id = accounts.createOrganisation("Siwa", null, false, ZoneId.of("Africa/Cairo")).id();
    long now = System.currentTimeMillis();
    put(Storing.USUAL, kept("a", id, now, false), now("b"));
    assertThat(new Export(store.dataSource()).rows("Siwa", Export.Part.RESPONSES))
        .singleElement()
        .satisfies(
            row -> assertThat(row).containsEntry("id", "a").containsKeys("input", "response"));

    new Erasure(store.dataSource(), "test").erase("Siwa", "Siwa", false);
    assertThat(read(id, "a")).isNull();
    assertThat(read(DEFAULT, "b")).isNotNull();
    // An answer that ends later leaves nothing either.
    put(Storing.USUAL, kept("late", id, now, false));
    assertThat(read(id, "late")).isNull();
  }
}
