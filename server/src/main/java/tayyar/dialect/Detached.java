package tayyar.dialect;

import java.util.function.Consumer;

/** Where an answer goes that goes on without its client. */
public interface Detached extends Reply {
  /**
   * The answer is about to begin. Called once, on its event loop.
   *
   * @param answering is told to end it as if its client had left
   * @param client sets who is told of the socket of the client that asked
   */
  void runs(Talker answering, Consumer<Talker> client);
}
