package tayyar.http;

import io.netty.channel.EventLoop;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Reply;
import tayyar.dialect.Talker;

/**
 * One line of a listener's table. HEAD, OPTIONS and the {@code Allow} of a 405 follow from the
 * table.
 *
 * @param method the method; GET answers HEAD as well
 * @param path a path such as {@code /v1/models}, or one with parameters: {@code {name}} is one
 *     segment, {@code {name*}} at the end is all the rest
 * @param caller the callers it answers
 * @param handler the code that answers
 * @param dialect the dialect of its errors; null for the table's
 */
public record Route(
    Method method, String path, Caller caller, Handler handler, @Nullable ClientDialect dialect) {

  /** One whose errors are in the table's dialect. */
  public Route(Method method, String path, Caller caller, Handler handler) {
    this(method, path, caller, handler, null);
  }

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

  /** The callers that a route answers. */
  public enum Caller {
    /** Anyone who reaches the listener. */
    EVERYBODY,
    /** Anyone; whoever shows a key needs a valid one. */
    KEY_OR_NONE,
    /** Callers with a valid key. */
    KEY,
    /** Anyone who reaches the listener, except a foreign page in the operator's browser. */
    OPERATOR
  }

  /** The code behind a route. */
  public sealed interface Handler permits OnLoop, Blocking, Following {}

  /**
   * Answers over some time, where there is something that is still coming about; else as {@link
   * Blocking}.
   */
  public record Following(Follow first, Blocking otherwise) implements Handler {}

  /** Answers over some time. */
  @FunctionalInterface
  public interface Follow {
    /**
     * Begins to answer, on the event loop; never blocks.
     *
     * @param loop owns the connection
     * @return who is told of the client's socket; null where nothing was begun
     * @throws tayyar.api.Refused to answer with an error
     */
    @Nullable Talker begin(Question question, Reply client, EventLoop loop);
  }

  /** Answers or admits requests on the event loop; never blocks. */
  non-sealed interface OnLoop extends Handler {
    /**
     * Answers the request, or admits it.
     *
     * @return the admitted request, which awaits its body; null where it is answered
     * @throws tayyar.api.Refused to answer with an error
     */
    @Nullable Asked begin(Exchange exchange);

    /** Answers a caller that the gate refused. */
    default void refuse(Exchange exchange, ApiError error) {
      exchange.error(error);
    }
  }

  /** Answers on a virtual thread of the request's own, once its body is whole. */
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

  /** Answers at once, on the event loop, and ignores the body. */
  @FunctionalInterface
  interface Page {
    void answer(Exchange exchange);
  }

  /**
   * Creates a route to a document that is made at once.
   *
   * @param answer answers on the event loop, never blocks; there is no body. Throws {@link
   *     tayyar.api.Refused} to answer with an error
   */
  public static Route document(String path, Caller caller, Function<Question, Document> answer) {
    return page(
        path,
        caller,
        exchange ->
            exchange.reply().document(answer.apply(new Question(exchange, Document.NO_BODY))));
  }

  static Route page(String path, Page page) {
    return page(path, Caller.EVERYBODY, page);
  }

  static Route page(String path, Caller caller, Page page) {
    OnLoop handler =
        exchange -> {
          page.answer(exchange);
          return null;
        };
    return new Route(Method.GET, path, caller, handler);
  }
}
