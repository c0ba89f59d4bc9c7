package tayyar.keys;

import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class KeyWatchOverPostgresTest extends KeyWatchTest {

  /** It moves the file away. */
  @Override
  void theKeysOfAFileThatTookThePlaceCount() {}
}
