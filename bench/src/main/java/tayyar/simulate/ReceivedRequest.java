package tayyar.simulate;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** One request as the simulator saw it, and the course of its answer. Safe for all threads. */
public final class ReceivedRequest {
  private final String method;
  private final String uri;
  private final HttpHeaders headers;
  private final JsonNode body;
  private final CompletableFuture<ResponseEnd> ending = new CompletableFuture<>();
  private volatile CompletableFuture<Integer> held = new CompletableFuture<>();
  private volatile Runnable released = () -> {};
  private volatile int holdAt = -1;
  private volatile int sent;

  /** The end of an answer. */
  public enum How {
    /** The whole answer, or all that its script gave, was written. */
    WRITTEN,
    /** The peer closed the connection first. */
    PEER_LEFT
  }

  /**
   * An answer's end.
   *
   * @param how the way it ended
   * @param tokens tokens that had been written by then
   */
  public record ResponseEnd(How how, int tokens) {}

  ReceivedRequest(String method, String uri, HttpHeaders headers, JsonNode body) {
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    this.body = body;
  }

  /** The request's method. */
  public String method() {
    return method;
  }

  /** The request's target as it stood in the request line. */
  public String uri() {
    return uri;
  }

  /** A field of the request's head, or an empty string. */
  public String header(String name) {
    return headers.get(name, "");
  }

  /** The request's body; a missing node where it had none. */
  public JsonNode body() {
    return body;
  }

  /** The number of tokens written so far. */
  public int sent() {
    return sent;
  }

  /**
   * Waits until the answer has reached its {@code hold}; returns the index of the token at which it
   * waits.
   */
  public int awaitHeld(Duration most) {
    return await(held, most, "the answer was not held");
  }

  /** Lets a held answer go on to its end. */
  public void release() {
    releaseUntil(-1);
  }

  /** Lets a held answer go on and holds it again before a token. */
  public void releaseUntil(int token) {
    held = new CompletableFuture<>();
    holdAt = token;
    released.run();
  }

  /** Waits for the answer's end. */
  public ResponseEnd awaitEnd(Duration most) {
    return await(ending, most, "the answer did not end");
  }

  /** Whether the answer has ended. */
  public boolean over() {
    return ending.isDone();
  }

  void onEnd(Runnable act) {
    ending.thenRun(act);
  }

  void begun(int firstHold, Runnable onRelease) {
    holdAt = firstHold;
    released = onRelease;
  }

  boolean holdsAt(int token) {
    return holdAt == token;
  }

  void standsAt(int token) {
    held.complete(token);
  }

  void wrote(int tokens) {
    sent = tokens;
  }

  void ended(How how) {
    ending.complete(new ResponseEnd(how, sent));
  }

  private static <T> T await(CompletableFuture<T> future, Duration most, String otherwise) {
    try {
      return future.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(otherwise + " within " + most, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
