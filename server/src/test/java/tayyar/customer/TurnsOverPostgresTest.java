package tayyar.customer;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class TurnsOverPostgresTest extends TurnsTest {

  /** It moves the file away. */
  @Override
  void aStoreThatIsGoneIsNoFaultOfTheCustomer(Path folder) {}
}
