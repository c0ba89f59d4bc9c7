package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.StoreAddress;
import tayyar.ledger.Ledger;
import tayyar.store.Store;
import tayyar.testing.Postgres;

/** No row is left behind when a store moves. */
@Tag("socket")
@Timeout(60)
final class StoreCommandTest {
  @TempDir private Path home;

  @Test
  void aStoreIsNotCopiedWhileAServerUsesIt() throws Exception {
    var file = new StoreAddress.File(home.resolve("tayyar.db"));
    String server = Postgres.common().database(home.resolve("journals")).toString();
    try (Store store = Store.open(file)) {
      try (var ledger = Ledger.open(store.dataSource(), file.journals(), false, 10)) {
        assertThat(ledger.kept()).isZero();
        Said.by(home, "store", "copy", file.toString(), server)
            .isRefused(1, "A server uses '" + file + "': stop it first.");
      }
    }
    Said copied = Said.by(home, "store", "copy", file.toString(), server).isGood();
    assertThat(copied.lines().getLast()).endsWith(" copied and compared.");
  }
}
