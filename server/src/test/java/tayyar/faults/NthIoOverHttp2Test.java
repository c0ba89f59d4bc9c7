package tayyar.faults;

import tayyar.testing.OverHttp2;

/** The client's side over HTTP/2, from its preface on; targets are another side. */
@OverHttp2
class NthIoOverHttp2Test extends NthIoTest {
  /** The client's windows come, and the end of the connection. */
  @Override
  int operationsBehindTheAnswer() {
    return 6;
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
