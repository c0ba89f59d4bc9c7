package tayyar.conformance;

import tayyar.testing.OverTls;

/** The same over TLS. */
@OverTls
class HttpOverTlsTest extends HttpTest {}
