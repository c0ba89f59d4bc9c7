package tayyar.admin;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class ControlOverPostgresTest extends ControlTest {
  ControlOverPostgresTest() throws IOException {}

  /** It moves the file away. */
  @Override
  void aStoreThatIsAwayIsTold() {}
}
