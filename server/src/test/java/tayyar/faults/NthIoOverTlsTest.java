package tayyar.faults;

import tayyar.testing.OverTls;

/**
 * The client's side over TLS, from the first byte of the handshake on; targets are another side.
 */
@OverTls
class NthIoOverTlsTest extends NthIoTest {
  /** Both sides say goodbye. */
  @Override
  int operationsBehindTheAnswer() {
    return 3;
  }

  @Override
  void withOneTarget(Way way) {}

  @Override
  void onAConnectionThatWasKept(Way way) {}

  @Override
  void withASecondTarget(Way way) {}

  @Override
  void whereAnswersGoOn(Way way) {}

  @Override
  void whereToolsAreCalled(Way way) {}
}
