package tayyar.faults;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class AccountsOverPostgresTest extends AccountsTest {
  AccountsOverPostgresTest() throws IOException {}
}
