package tayyar.jinja;

import org.jspecify.annotations.Nullable;

/** Something that can be called: a macro, a method, a function of ours. */
@FunctionalInterface
interface Callable {
  @Nullable Object call(Arguments given);
}
