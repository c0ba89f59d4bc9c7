package tayyar.conformance;

import tayyar.testing.OverHttp2;

/** The same over HTTP/2, which browsers speak with all servers that do. */
@OverHttp2
class CorsOverHttp2Test extends CorsTest {}
