package tayyar.cli;

import java.util.function.Function;
import tayyar.api.StoreAddress;
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
  static <T> T on(
      Console console,
      StoreAddress at,
      Function<StoreAddress, Store> open,
      Function<Store, T> work) {
    T result;
    boolean changed;
    try (Store store = open.apply(at)) {
      console.err().println("Store: " + at);
      long before = store.keysVersion();
      result = work.apply(store);
      changed = store.keysVersion() != before;
    }
    if (changed && Store.isOpen(at)) {
      KeyWatch.letLook();
    }
    return result;
  }
}
