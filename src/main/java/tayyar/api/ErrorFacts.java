package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * What an error says.
 *
 * @param status the HTTP status it has before the response's head is out
 * @param code the envelope's; null where there is none
 * @param param the request's field at fault, or null
 * @param message one or two sentences for a person: what is wrong and what to do
 */
public record ErrorFacts(
    int status, @Nullable String code, @Nullable String param, String message) {
  ErrorFacts(int status, String code, String message) {
    this(status, code, null, message);
  }
}
