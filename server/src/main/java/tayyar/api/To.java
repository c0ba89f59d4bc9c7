package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * Another value for something that may have none; where nothing is to change, there is no {@code
 * To}.
 *
 * @param value null for none
 */
public record To<T>(@Nullable T value) {}
