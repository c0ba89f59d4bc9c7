package tayyar.openai;

import java.util.function.Supplier;
import tools.jackson.core.JsonParser;

/** Where a value stands in a body; -1 where it is absent. */
final class Span {
  int from = -1;
  int to = -1;

  /** Reads the value under the parser and keeps its place. */
  <T> T around(JsonParser p, Supplier<T> read) {
    from = (int) p.currentTokenLocation().getByteOffset();
    T value = read.get();
    // A text that nobody has asked for is not read to its end yet.
    p.finishToken();
    to = (int) p.currentLocation().getByteOffset();
    return value;
  }
}
