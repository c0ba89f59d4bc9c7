package tayyar.jinja;

import org.jspecify.annotations.Nullable;

/**
 * An expression of a template. A value is null (none), a Boolean, a Long, a Double, a {@link Text},
 * a {@link Seq}, a {@link Dict}, a {@link Stream}, a {@link Members}, a {@link Callable}, or {@link
 * Undefined}.
 */
@FunctionalInterface
interface Expression {
  @Nullable Object value(Scope scope);
}
