package tayyar.conformance;

import tayyar.testing.OverTls;

/** The same over TLS. */
@OverTls
class SimulatedChatOverTlsTest extends SimulatedChatTest {}
