package tayyar.conformance;

import java.util.List;
import tayyar.testing.OverTls;

/** The same over TLS. */
@OverTls
class H2SpecOverTlsTest extends H2SpecTest {
  @Override
  List<String> way() {
    return List.of("-t", "-k");
  }

  @Override
  List<String> failing() {
    return super.failing().subList(1, 3);
  }
}
