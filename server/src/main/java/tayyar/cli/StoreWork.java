package tayyar.cli;

import java.nio.file.Path;
import java.util.function.Function;
import tayyar.keys.KeyWatch;
import tayyar.store.Store;

/** What a command does with a store. */
final class StoreWork {
  private StoreWork() {}

  /**
   * Opens the store, says which it is, and works on it. Where that changed what a running server
   * has to know, and one has the store open, it returns once the server has had time to look: a
   * script may use a new key at once.
   */
  static <T> T on(Console console, Path file, Function<Path, Store> open, Function<Store, T> work) {
    T result;
    boolean changed;
    try (Store store = open.apply(file)) {
      console.err().println("Store: " + file);
      long before = store.keysVersion();
      result = work.apply(store);
      changed = store.keysVersion() != before;
    }
    if (changed && Store.isOpen(file)) {
      KeyWatch.letLook();
    }
    return result;
  }
}
