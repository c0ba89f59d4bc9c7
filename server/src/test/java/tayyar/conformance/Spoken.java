package tayyar.conformance;

import tayyar.testing.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An API language as a client speaks it. */
interface Spoken {
  /** Its path at the gateway. */
  String path();

  /** A request that says this to the model, and offers it two tools. */
  ObjectNode body(String model, String text, boolean stream);

  /**
   * A request that sends an answer with one call back, and the result of that call.
   *
   * @param answer as {@link #streamed} tells it
   */
  ObjectNode goesOn(String model, ObjectNode answer, String result);

  /** Reads a good stream strictly, and leaves out what differs from one answer to the next. */
  ObjectNode streamed(Response response);

  /** The same of a whole answer. */
  ObjectNode whole(Response response);

  /** Reads a stream that failed, strictly. */
  void assertFailed(Response response);

  /** The text of an answer, without the model's thinking. */
  String text(ObjectNode answer);

  /** The input of its only call. */
  JsonNode input(ObjectNode answer);
}
