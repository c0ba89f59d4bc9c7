package tayyar.conformance;

import tayyar.testing.OverTls;

/** The same over TLS. */
@OverTls
class SmugglingOverTlsTest extends SmugglingTest {}
