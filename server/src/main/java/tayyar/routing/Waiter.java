package tayyar.routing;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.Target;

/** A request that waits at a pool. The pool's lock guards its state. */
final class Waiter {
  private final Ask ask;
  private final List<Target> tried;
  private final Executor loop;
  private final Consumer<Next> then;
  @Nullable Next answer;

  Waiter(Ask ask, List<Target> tried, Executor loop, Consumer<Next> then) {
    this.ask = ask;
    this.tried = List.copyOf(tried);
    this.loop = loop;
    this.then = then;
  }

  Ask ask() {
    return ask;
  }

  String keyId() {
    return ask.keyId();
  }

  List<Target> tried() {
    return tried;
  }

  void tell(Next next) {
    loop.execute(() -> then.accept(next));
  }
}
