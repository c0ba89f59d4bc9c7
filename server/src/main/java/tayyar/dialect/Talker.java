package tayyar.dialect;

import tayyar.api.ApiError;

/**
 * Who writes to a client over some time, and is told of its socket. Called on the event loop that
 * owns the connection.
 */
public interface Talker {
  /** The socket takes bytes again, or takes no more for now. */
  void writabilityChanged();

  /** The client's connection is closed. */
  void clientGone();

  /** It cannot go on, and ends with an error that the client sees. */
  void failed(ApiError error);
}
