package tayyar.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.store.Store;
import tayyar.testing.Logged;
import tayyar.testing.Stores;

class KeyWatchTest {
  @TempDir private Path folder;

  @Test
  void noticesWhatAnotherProcessWrites() {
    Path file = folder.resolve("tayyar.db");
    try (Store server = Stores.open(file);
        Store commandLine = Stores.open(file)) {
      KeyStore keys = new KeyStore(commandLine.dataSource());
      KeyStore.Issued first = keys.create("first", 600);
      KeyRing ring = new KeyRing();
      Set<String> revoked = new CopyOnWriteArraySet<>();
      ring.onVoid(voided -> revoked.addAll(voided.keySet()));
      KeyStore read = new KeyStore(server.dataSource());

      try (KeyWatch watch =
          KeyWatch.start(server::keysVersion, () -> ring.swap(read.snapshot(Map.of())))) {
        assertThat(watch).isNotNull();
        assertThat(known(ring, first)).isTrue();

        KeyStore.Issued second = keys.create("second", 600);
        await().until(() -> known(ring, second));

        keys.revoke(first.key().id());
        await().until(() -> !known(ring, first));
        assertThat(known(ring, second)).isTrue();
        await().until(() -> revoked.equals(Set.of(first.key().id())));
      }
    }
  }

  @Test
  void theKeysOfAFileThatTookThePlaceCount() throws Exception {
    Path file = folder.resolve("tayyar.db");
    Path other = folder.resolve("other.db");
    KeyRing ring = new KeyRing();
    KeyStore.Issued theirs;
    try (Store store = Stores.open(other)) {
      theirs = new KeyStore(store.dataSource()).create("theirs", 600);
    }
    try (Store server = Stores.open(file)) {
      KeyStore keys = new KeyStore(server.dataSource());
      KeyStore.Issued ours = keys.create("ours", 600);
      try (KeyWatch watch =
          KeyWatch.start(server::keysVersion, () -> ring.swap(keys.snapshot(Map.of())))) {
        assertThat(watch).isNotNull();
        assertThat(known(ring, ours)).isTrue();
        Files.move(file, folder.resolve("aside.db"));
        Files.move(other, file);
        await().until(() -> known(ring, theirs) && !known(ring, ours));
      }
    }
  }

  @Test
  void readsNothingWhileTheVersionStays() {
    AtomicInteger looks = new AtomicInteger();
    AtomicInteger reads = new AtomicInteger();
    try (KeyWatch watch =
        KeyWatch.start(
            () -> {
              looks.incrementAndGet();
              return 1;
            },
            reads::incrementAndGet)) {
      assertThat(watch).isNotNull();
      await().until(() -> looks.get() > 3);
    }
    assertThat(reads).hasValue(1);
  }

  @Test
  void outlivesAFailureAndTellsOfItOnce() {
    AtomicBoolean broken = new AtomicBoolean();
    AtomicInteger looks = new AtomicInteger();
    try (Logged log = Logged.of(KeyWatch.class);
        KeyWatch watch =
            KeyWatch.start(
                () -> {
                  looks.incrementAndGet();
                  if (broken.get()) {
                    throw new KeyException("no");
                  }
                  return 1;
                },
                () -> {})) {
      assertThat(watch).isNotNull();
      broken.set(true);
      int before = looks.get();
      await().until(() -> looks.get() > before + 2);
      assertThat(log.count("keys cannot be read; the last known ones stay in force")).isEqualTo(1);
      broken.set(false);
      await().until(() -> log.count("keys can be read again") == 1);
    }
  }

  private static boolean known(KeyRing ring, KeyStore.Issued issued) {
    return ring.check("Bearer " + issued.secret()) instanceof KeyRing.Check.Known;
  }
}
