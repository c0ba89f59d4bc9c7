package tayyar.stored;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class ShelfOverPostgresTest extends ShelfTest {
  ShelfOverPostgresTest(@TempDir Path folder) throws Exception {
    super(folder);
  }
}
