package tayyar.jinja;

import org.jspecify.annotations.Nullable;

/** A filter. */
@FunctionalInterface
interface Filter {
  @Nullable Object apply(@Nullable Object value, Arguments given);
}
