package tayyar.jinja;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Values that are made on demand, once: Python's generators. */
final class Stream {
  private @Nullable Supplier<List<@Nullable Object>> source;

  Stream(Supplier<List<@Nullable Object>> source) {
    this.source = source;
  }

  /** All values; none the second time. */
  List<@Nullable Object> drain() {
    Supplier<List<@Nullable Object>> from = source;
    source = null;
    return from == null ? List.of() : from.get();
  }
}
