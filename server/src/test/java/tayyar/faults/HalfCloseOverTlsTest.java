package tayyar.faults;

import tayyar.testing.OverTls;

/** The same over TLS. */
@OverTls
class HalfCloseOverTlsTest extends HalfCloseTest {}
