package tayyar.dialect;

import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Who;

/** A language in which clients ask and are answered. Immutable. */
public interface ClientDialect {

  /**
   * Reads and checks a request's body.
   *
   * @param body kept by the request; not changed afterwards
   * @throws tayyar.api.Refused if it is none
   */
  InferenceRequest read(Endpoint endpoint, byte[] body, Bounds bounds);

  /**
   * The form that an answer to the request takes.
   *
   * @param reply where it goes
   * @param room what of it waits is kept in it
   */
  Answer answer(InferenceRequest request, Who who, Reply reply, Bounds bounds, Room room);

  /** An error's document, on one line. */
  byte[] error(ApiError error);
}
