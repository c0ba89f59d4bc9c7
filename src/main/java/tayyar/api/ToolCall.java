package tayyar.api;

/**
 * A piece of a tool call. Its texts are the insides of JSON strings: UTF-8, escaped, whole
 * characters only. The first piece of each call has the id and the whole name; later ones have
 * empty ones.
 *
 * @param index place among the calls of its choice, at least 0; -1 for the older function_call, of
 *     which a choice has one, without an id
 * @param arguments the next part of them; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ToolCall(int index, byte[] id, byte[] name, byte[] arguments) {

  /** Whether this is a call's first piece. */
  public boolean first() {
    return name.length > 0;
  }
}
