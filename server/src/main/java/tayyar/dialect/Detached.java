package tayyar.dialect;

import java.util.function.Consumer;

/** Where an answer goes that goes on without its client. */
public interface Detached extends Reply {
  /**
   * The answer may begin. Called once, on its event loop.
   *
   * @param answering is told to end it as if its client had left
   * @param client sets who is told of the socket of the client that asked
   * @param start asks for the answer; called once on the loop, or never where the answer cannot be
   *     kept: then it has ended with an error
   */
  void runs(Talker answering, Consumer<Talker> client, Runnable start);
}
