package tayyar.conformance;

import tayyar.testing.OverHttp2;
import tayyar.testing.OverTls;

/** The same over HTTP/2 and TLS. */
@OverTls
@OverHttp2
class StreamOverHttp2Test extends StreamTest {
  /** Browsers read frames. */
  @Override
  void eventsDoNotLieOnBothSidesOfABrowsersFirstRead(String version) {}
}
