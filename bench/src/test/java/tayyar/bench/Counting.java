package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;

/** A simulator for each test, whose tokens are numbers. */
final class Counting implements BeforeEachCallback, AfterEachCallback {
  private @Nullable Simulator simulator;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(any, Script.of("numbered"));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    its().close();
    assertThat(its().failures()).isEmpty();
  }

  Simulator its() {
    return Objects.requireNonNull(simulator);
  }

  /** A plan of a measurement of it. */
  Draft draft() {
    return new Draft(Draft.endpoint("sim", its().address().getPort()));
  }
}
