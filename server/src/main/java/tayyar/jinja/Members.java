package tayyar.jinja;

import org.jspecify.annotations.Nullable;

/** A value that has members of its own: a namespace, a loop, a macro. */
interface Members {
  /** The member of this name, or {@link Undefined}. */
  @Nullable Object member(Text name);

  /** As Python shows it. */
  Text shown();
}
