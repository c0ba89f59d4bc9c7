package tayyar.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that are known at a place of the template. */
final class Scope {
  private final @Nullable Scope outer;
  private final Map<String, @Nullable Object> names;
  final Budget budget;

  /** The outermost scope, with the names that are known from the beginning. */
  Scope(Map<String, @Nullable Object> names) {
    this.outer = null;
    this.budget = new Budget();
    this.names = names;
  }

  Scope(Scope outer) {
    this.outer = outer;
    this.budget = outer.budget;
    this.names = new HashMap<>();
  }

  @Nullable Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.names.get(name);
      if (value != null || scope.names.containsKey(name)) {
        return value;
      }
    }
    return Undefined.name(name);
  }

  void set(String name, @Nullable Object value) {
    names.put(name, value);
  }
}
