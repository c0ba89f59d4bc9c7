package tayyar.http;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Key;
import tayyar.api.OpenRow;
import tayyar.api.Trace;
import tayyar.api.Who;
import tayyar.dialect.Talker;
import tayyar.limits.Left;

/**
 * One request: its head, its ids, the facts for its record, and who answers it. Only its {@link
 * ClientReply} knows the transport. Lives on its connection's event loop.
 */
final class Exchange {
  private final HttpRequest request;
  private final EventLoop loop;
  private final ClientReply reply;
  private final long startedAtMs = System.currentTimeMillis();
  private final String requestId = RequestIds.next(startedAtMs);
  private final long startedNanos = System.nanoTime();
  private @Nullable Left requestsLeft;
  private @Nullable Left tokensLeft;
  private boolean exposesTarget;
  private @Nullable Talker talker;
  private @Nullable Key key;
  private @Nullable InetAddress client;
  private String keyHint = "";
  private Map<String, String> parameters = Map.of();
  private OpenRow row = OpenRow.NONE;
  private Trace trace = Trace.NONE;
  private Endpoint endpoint = Endpoint.CHAT;
  private String dialect = "";
  private int bytesIn;
  private boolean clientGone;
  private Runnable whenGone = () -> {};

  /** Creates the exchange of a request whose head has come. */
  Exchange(HttpRequest request, EventLoop loop, ClientReply reply) {
    this.request = request;
    this.loop = loop;
    this.reply = reply;
  }

  String requestId() {
    return requestId;
  }

  long startedAtMs() {
    return startedAtMs;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** Returns the owner of the stream that it asks for. */
  Who who(Key its) {
    return new Who(requestId, its.id(), its.hint(), dialect, startedAtMs, startedNanos, trace);
  }

  /** Returns its place in a trace. */
  Trace trace() {
    return trace;
  }

  /** Sets the endpoint, the language and the trace, for the record. */
  void asked(Endpoint at, String in, Trace its) {
    endpoint = at;
    dialect = in;
    trace = its;
  }

  /** Sets the size of its body, for the record. */
  void bodyBytes(int count) {
    bytesIn = count;
  }

  /** Returns the course of a request for which no target was asked. */
  Ended.Course course() {
    return new Ended.Course(endpoint, dialect, "", bytesIn, reply.sentBytes(), 0, List.of(), trace);
  }

  /** Sets the decoded parameters of its path. */
  void parameters(Map<String, String> found) {
    parameters = found;
  }

  /** Returns a parameter that the route's path names. */
  String parameter(String name) {
    return Objects.requireNonNull(parameters.get(name));
  }

  /** Sets the valid key that it came with. */
  void key(Key valid) {
    key = valid;
  }

  /** Returns its key; null where it has no valid one, or the route needs none. */
  @Nullable Key key() {
    return key;
  }

  /** Sets the address that a caller's mistakes are counted by. */
  void client(@Nullable InetAddress counted) {
    client = counted;
  }

  /** Returns the address that an operator's mistakes are counted by; null where there is none. */
  @Nullable InetAddress client() {
    return client;
  }

  /** Sets what the log shows of a key that was refused. */
  void keyHint(String shown) {
    keyHint = shown;
  }

  /** Returns what lists show of a key that was refused; empty where nobody issued it. */
  String keyHint() {
    return keyHint;
  }

  HttpMethod method() {
    return request.method();
  }

  String uri() {
    return request.uri();
  }

  HttpHeaders headers() {
    return request.headers();
  }

  EventLoop loop() {
    return loop;
  }

  /** The way back to the client. */
  ClientReply reply() {
    return reply;
  }

  /** Answers with an error; only before the head is out. */
  void error(ApiError error) {
    reply.error(error);
  }

  /** Sets what its limits of requests leave, for the answer's head; null where there are none. */
  void requestsLeft(@Nullable Left left) {
    requestsLeft = left;
  }

  /** Sets the same of tokens. */
  void tokensLeft(@Nullable Left left) {
    tokensLeft = left;
  }

  @Nullable Left requestsLeft() {
    return requestsLeft;
  }

  @Nullable Left tokensLeft() {
    return tokensLeft;
  }

  /** Sets the row that is kept of it while it runs. */
  void row(OpenRow its) {
    row = its;
  }

  OpenRow row() {
    return row;
  }

  /** Makes the answer's head name the target. */
  void exposeTarget() {
    exposesTarget = true;
  }

  boolean exposesTarget() {
    return exposesTarget;
  }

  /** Sets who is told when the client leaves or its socket takes bytes again. */
  void talker(Talker one) {
    talker = one;
    if (clientGone) {
      one.clientGone();
    }
  }

  /** Sets what is done when the client leaves. */
  void whenGone(Runnable its) {
    whenGone = its;
  }

  /** Whether somebody answers it bit by bit, who watches over its client and its memory. */
  boolean isRelayed() {
    return talker != null;
  }

  /** The client takes bytes again, or takes no more for now. */
  void writabilityChanged() {
    if (talker != null) {
      talker.writabilityChanged();
    }
  }

  /** Whether the client has left. */
  boolean isClientGone() {
    return clientGone;
  }

  /** The client has left. */
  void clientGone() {
    clientGone = true;
    whenGone.run();
    if (talker != null) {
      talker.clientGone();
    }
  }
}
