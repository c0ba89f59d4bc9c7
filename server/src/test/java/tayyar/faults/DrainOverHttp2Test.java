package tayyar.faults;

import tayyar.testing.OverHttp2;

/** The same over HTTP/2. */
@OverHttp2
class DrainOverHttp2Test extends DrainTest {}
