package tayyar.grammar;

import org.jspecify.annotations.Nullable;

/**
 * A tool that a model may call.
 *
 * @param name of letters, digits, {@code _}, {@code -} and {@code .}
 * @param parameters the schema of its arguments as {@link Json} reads it, or null where it has none
 * @param strict whether a schema that can't be held is an error rather than a hint
 * @param where its place in the request, for errors
 */
public record Tool(String name, @Nullable Object parameters, boolean strict, String where) {}
