package tayyar.faults;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class AccountsOverPostgresTest extends AccountsTest {
  AccountsOverPostgresTest() throws IOException {}

  /** A change is told at once, so the lease is there before anybody can lock the gateway out. */
  @Override
  void aBalanceThatCannotBeReadIsToldInTimeAndNoTargetIsAsked() {}
}
