package tayyar.dialect;

import io.netty.channel.EventLoop;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Who;
import tayyar.wire.Ascii;

/** The API language of clients, for requests and answers. Immutable. */
public interface ClientDialect {

  /** Returns its name in logs and the ledger, as targets of it are configured. */
  String word();

  /**
   * Reads and checks a request's body.
   *
   * @param body kept by the request; not changed afterwards
   * @throws tayyar.api.Refused if it is invalid
   */
  InferenceRequest read(Endpoint endpoint, byte[] body, Bounds bounds);

  /** The same with what the request's head says. */
  default InferenceRequest read(Endpoint endpoint, byte[] body, Head head, Bounds bounds) {
    return read(endpoint, body, bounds);
  }

  /**
   * Returns the bytes of the largest body that an event loop reads itself: it takes less than a
   * millisecond, whatever it holds.
   */
  int atOnceBytes();

  /** Whether an event loop reads a body itself: where that neither blocks nor takes long. */
  default boolean isReadAtOnce(byte[] body) {
    return body.length <= atOnceBytes();
  }

  /**
   * Returns where the answer goes: in most cases to the client, who has left once its connection is
   * closed.
   *
   * @param client the way to the client
   * @param loop owns the connection, and the answer
   * @param room the memory for what is kept of it
   */
  default Reply reply(
      InferenceRequest request, Who who, Reply client, EventLoop loop, Bounds bounds, Room room) {
    return client;
  }

  /**
   * Creates the answer to the request in this language.
   *
   * @param reply the way to the client
   * @param room the memory for its waiting parts
   */
  Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room);

  /**
   * Returns the document of a prompt's number of tokens, for a request that asks for nothing else.
   */
  default byte[] count(int tokens) {
    return Ascii.bytes("{\"input_tokens\":" + tokens + "}");
  }

  /** Returns an error's document, on one line. */
  byte[] error(ApiError error);

  /** Returns the status that an error has in this language; in most cases its own. */
  default int status(ApiError error) {
    return error.status();
  }
}
