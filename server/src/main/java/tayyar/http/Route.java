package tayyar.http;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;

/**
 * One line of a listener's table. HEAD, OPTIONS and the {@code Allow} of a 405 follow from the
 * table.
 *
 * @param method the method; GET answers HEAD as well
 * @param path a path such as {@code /v1/models}, or one with parameters: {@code {name}} is one
 *     segment, {@code {name*}} at the end is all the rest
 * @param caller who may ask
 * @param handler who answers
 */
public record Route(Method method, String path, Caller caller, Handler handler) {

  /** The methods that a table can have. */
  public enum Method {
    /** Reads. */
    GET,
    /** Acts. */
    POST,
    /** Replaces. */
    PUT,
    /** Changes. */
    PATCH,
    /** Removes. */
    DELETE
  }

  /** Who may ask. */
  public enum Caller {
    /** Whoever reaches the listener. */
    EVERYBODY,
    /** Who has a valid key. */
    KEY,
    /** Who reaches the listener, and is no page of somebody else in the operator's browser. */
    OPERATOR
  }

  /** Who answers. */
  public sealed interface Handler permits OnLoop, Blocking {}

  /** Answers, or lets in, on the event loop; never blocks. */
  non-sealed interface OnLoop extends Handler {
    /**
     * Answers, or lets the request in.
     *
     * @return what waits for the body; null where the request is answered
     * @throws tayyar.api.Refused to answer with an error
     */
    @Nullable Asked begin(Exchange exchange);

    /** Answers one who may not ask. */
    default void refuse(Exchange exchange, ApiError error) {
      exchange.error(error);
    }
  }

  /** Answers on a virtual thread of the request's own, once its body is there. */
  @FunctionalInterface
  public non-sealed interface Blocking extends Handler {
    /**
     * Answers; may block.
     *
     * @throws tayyar.api.Refused to answer with an error; anything else that is thrown is a bug: it
     *     is logged and answered with 500
     */
    Document answer(Question question);
  }

  /** A page: answers at once, on the event loop, whatever the body is. */
  @FunctionalInterface
  interface Page {
    void answer(Exchange exchange);
  }

  static Route page(String path, Page page) {
    OnLoop handler =
        exchange -> {
          page.answer(exchange);
          return null;
        };
    return new Route(Method.GET, path, Caller.EVERYBODY, handler);
  }
}
