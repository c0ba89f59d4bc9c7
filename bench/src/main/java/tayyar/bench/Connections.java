package tayyar.bench;

/** A lane's connections to one endpoint. Used on the lane's event loop. */
sealed interface Connections permits Http1Connections, Http2Connections {
  /** Sends a request, on a connection that is there or on a new one. */
  void send(MeasuredRequest measured);

  /** Sends a request on a new connection. */
  void sendOnNew(MeasuredRequest measured);
}
