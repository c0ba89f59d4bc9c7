package tayyar.faults;

import org.junit.jupiter.api.Tag;
import tayyar.testing.OverPostgres;

/** The same with a PostgreSQL server for the store and a Redis for the counters of limits. */
@Tag("socket")
@OverPostgres(one = true, redis = true)
final class FaultMatrixOverPostgresAndRedisTest extends FaultMatrixTest {}
