package tayyar.conformance;

import tayyar.testing.OverHttp2;

/** The same over HTTP/2, whose heads and errors are written by code of their own. */
@OverHttp2
class KeysOverHttp2Test extends KeysTest {}
