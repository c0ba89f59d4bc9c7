package tayyar.api;

import java.time.Duration;

/**
 * A bound on everything; the one place where they stand.
 *
 * @param bodyBytesMax request body
 * @param headerBytesMax all header fields of a request
 * @param requestLineBytesMax method, path and version
 * @param eventBytesMax one server-sent event of an upstream
 * @param connectionsMax open client connections
 * @param streamsMax requests under way at once
 * @param messagesMax messages in a conversation
 * @param inputsMax texts of one request for embeddings
 * @param inputBytesMax one of them
 * @param mergeBytesMax text held for a slow reader, a choice, before its source is paused
 * @param wholeBytesMax text of an answer that is not streamed
 * @param memoryBytesMax what requests and answers hold in memory at once, sockets' buffers included
 * @param requestRead the client must send a request within this time once it began
 * @param idle a kept-alive connection without a request is closed after this time
 * @param headHold the response head waits for the first content at most this long
 * @param keepAlive silence after which a comment is sent on a stream; zero is never
 * @param firstToken the longest wait for the first token
 * @param betweenTokens the longest wait for the next token
 * @param total the longest answer
 * @param clientStall how long a client may take no byte at all
 * @param drain how long running streams may go on after the stop signal
 * @param connect the longest wait for a connection to a target
 * @param workerWait how long a request waits for a restarting worker
 */
public record Bounds(
    int bodyBytesMax,
    int headerBytesMax,
    int requestLineBytesMax,
    int eventBytesMax,
    int connectionsMax,
    int streamsMax,
    int messagesMax,
    int inputsMax,
    int inputBytesMax,
    int mergeBytesMax,
    int wholeBytesMax,
    long memoryBytesMax,
    Duration requestRead,
    Duration idle,
    Duration headHold,
    Duration keepAlive,
    Duration firstToken,
    Duration betweenTokens,
    Duration total,
    Duration clientStall,
    Duration drain,
    Duration connect,
    Duration workerWait) {

  /** The same with other deadlines of an answer. */
  public Bounds with(Duration first, Duration between, Duration most) {
    return with(first, between, most, connect);
  }

  /** The same with another deadline of connecting, too. */
  public Bounds with(Duration first, Duration between, Duration most, Duration connecting) {
    return new Bounds(
        bodyBytesMax,
        headerBytesMax,
        requestLineBytesMax,
        eventBytesMax,
        connectionsMax,
        streamsMax,
        messagesMax,
        inputsMax,
        inputBytesMax,
        mergeBytesMax,
        wholeBytesMax,
        memoryBytesMax,
        requestRead,
        idle,
        headHold,
        keepAlive,
        first,
        between,
        most,
        clientStall,
        drain,
        connecting,
        workerWait);
  }

  /** What applies where the operator says nothing. */
  public static final Bounds DEFAULT =
      new Bounds(
          20 * 1024 * 1024,
          32 * 1024,
          8 * 1024,
          4 * 1024 * 1024,
          20_000,
          10_000,
          4_096,
          2_048,
          1024 * 1024,
          64 * 1024,
          16 * 1024 * 1024,
          Runtime.getRuntime().maxMemory() / 2,
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20));
}
