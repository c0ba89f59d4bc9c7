package tayyar.dialect;

import java.util.function.UnaryOperator;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Who;

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

  /**
   * The same with what the request's head says in this language's own fields.
   *
   * @param field returns a field's value by its name, or an empty text
   */
  default InferenceRequest read(
      Endpoint endpoint, byte[] body, UnaryOperator<String> field, Bounds bounds) {
    return read(endpoint, body, bounds);
  }

  /**
   * Returns the bytes of the largest body that an event loop reads itself: it takes less than a
   * millisecond, whatever it holds.
   */
  int atOnceBytes();

  /**
   * Creates the answer to the request in this language.
   *
   * @param reply the way to the client
   * @param room the memory for its waiting parts
   */
  Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room);

  /** Returns an error's document, on one line. */
  byte[] error(ApiError error);

  /** Returns the status that an error has in this language; in most cases its own. */
  default int status(ApiError error) {
    return error.status();
  }
}
