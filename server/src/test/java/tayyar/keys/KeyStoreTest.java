package tayyar.keys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.store.Store;
import tayyar.testing.Stores;

class KeyStoreTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  @TempDir private Path folder;
  private Store store;
  private KeyStore keys;

  @BeforeEach
  void open() {
    store = Stores.open(folder.resolve("tayyar.db"));
    keys = new KeyStore(store.dataSource(), () -> NOW);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aKeyHasItsForm() {
    KeyStore.Issued issued = keys.create("first", 600);

    assertThat(issued.secret()).matches("sk-[0-9a-f]{32}");
    String lastFour = issued.secret().substring(31);
    assertThat(issued.key().hint()).isEqualTo("sk-..." + lastFour);
    assertThat(issued.key().id()).matches("key_[a-z2-7]{8}");
    assertThat(issued.key())
        .isEqualTo(new Key(issued.key().id(), "first", "sk-..." + lastFour, 600, false));
    assertThat(issued.toString()).doesNotContain(issued.secret());
  }

  @Test
  void keysAreDifferent() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      KeyStore.Issued issued = keys.create("", 1);
      assertThat(seen.add(issued.secret())).isTrue();
      assertThat(seen.add(issued.key().id())).isTrue();
    }
  }

  @Test
  void onlyTheHashIsKept() throws Exception {
    KeyStore.Issued issued = keys.create("first", 600);

    byte[] expected = MessageDigest.getInstance("SHA-256").digest(issued.secret().getBytes(UTF_8));
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sha256 FROM keys")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBytes(1)).isEqualTo(expected);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .doesNotContain(issued.secret().substring(3, 20));
      }
    }
  }

  @Test
  void listsTheOldestFirst() {
    KeyStore.Issued first = keys.create("first", 600);
    KeyStore.Issued second = keys.create("second", 5);

    assertThat(keys.list())
        .containsExactly(
            new KeyStore.Row(first.key(), null, NOW, null, null),
            new KeyStore.Row(second.key(), null, NOW, null, null));
  }

  @Test
  void revokesByIdHintItsEndOrName() {
    for (int i = 0; i < 4; i++) {
      Key key = keys.create("name" + i, 1).key();
      String which =
          switch (i) {
            case 0 -> key.id();
            case 1 -> key.hint();
            case 2 -> key.hint().substring(6);
            default -> key.name();
          };
      assertThat(keys.revoke(which)).isTrue();
      assertThat(keys.revoke(key.id())).isFalse();
      assertThat(keys.list().get(i).revokedAt()).isEqualTo(NOW);
      assertThat(keys.list().get(i).key().revoked()).isTrue();
    }
  }

  @Test
  void refusesToGuessWhichKeyIsMeant() {
    Key one = keys.create("twin", 1).key();
    Key two = keys.create("twin", 1).key();

    assertThatThrownBy(() -> keys.revoke("twin"))
        .isInstanceOf(KeyException.class)
        .hasMessageContainingAll("2 keys", one.id(), two.id());
    assertThatThrownBy(() -> keys.revoke("nobody"))
        .isInstanceOf(KeyException.class)
        .hasMessage("No key has the id, hint or name 'nobody'.");
    assertThatThrownBy(() -> keys.revoke("")).isInstanceOf(KeyException.class);
    assertThat(keys.list()).noneMatch(row -> row.key().revoked());
  }

  @Test
  void ofSeveralTheOnlyValidOneIsMeant() {
    Key one = keys.create("twin", 1).key();
    Key two = keys.create("twin", 1).key();
    keys.revoke(one.id());

    assertThat(keys.revoke("twin")).isTrue();

    assertThat(keys.snapshot(Map.of()).fault(two.id(), 0)).isEqualTo(new ApiError.KeyRevoked());
  }

  @Test
  void refusesAKeyWithoutRequests() {
    assertThatThrownBy(() -> keys.create("", 0)).isInstanceOf(KeyException.class);
  }

  @Test
  void theSnapshotHasTheKeysOfAllWhoMakeThem() {
    KeyStore.Issued issued = keys.create("", 600);
    Snapshot first = keys.snapshot(Map.of());
    assertThat(first.find(Fingerprint.of(issued.secret()))).isEqualTo(issued.key());

    new KeyStore(store.dataSource()).create("by another", 600);

    assertThat(keys.snapshot(Map.of()).size()).isEqualTo(2);
  }

  @Test
  void aChangedKeyKeepsItsAccountAndItsEnd() {
    var terms =
        new KeyStore.Terms("proj_default", List.of("a"), Instant.parse("2099-01-01T00:00:00Z"));
    Key made = keys.create("short", 600, terms).key();

    Key changed = keys.change(made.id(), new KeyStore.Change("shorter", 7, null, null, null)).key();

    assertThat(changed).isEqualTo(keys.list().getFirst().key());
    assertThat(changed.account().models()).containsExactly("a");
    assertThat(changed.expiresMs()).isEqualTo(4_070_908_800_000L);
  }

  /** As a row that was written by hand may have it. */
  @Test
  void aModelThatIsThereTwiceKeepsNobodyFromReading() throws Exception {
    KeyStore.Issued made = keys.create("k", 7);
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE keys SET models = 'a\na'");
    }
    assertThat(keys.find(made.key().id()).key().account().models()).containsExactly("a");
    assertThatThrownBy(
            () -> keys.create("k", 7, new KeyStore.Terms("proj_default", List.of("a", "a"), null)))
        .hasMessage("A model is named twice.");
  }
}
