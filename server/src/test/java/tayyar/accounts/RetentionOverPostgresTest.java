package tayyar.accounts;

import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store. */
@Tag("socket")
@OverPostgres
final class RetentionOverPostgresTest extends RetentionTest {}
