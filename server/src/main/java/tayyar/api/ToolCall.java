package tayyar.api;

/**
 * A piece of a tool call. Its texts are the insides of JSON strings: UTF-8, escaped, whole
 * characters only. The first piece of each call has the id and the whole name; later ones have
 * empty ones.
 *
 * @param index place among the calls of its choice, at least 0 and without gaps; -1 for the older
 *     function_call, of which a choice has one, without an id
 * @param custom whether it is a call of a custom tool, whose arguments are any text
 * @param arguments the next part of them; may be empty
 * @param more further members of the call as JSON, each with a comma before it; mostly empty
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ToolCall(
    int index, boolean custom, byte[] id, byte[] name, byte[] arguments, byte[] more)
    implements Part {
  private static final byte[] NONE = {};

  /** Creates a piece of a function's call. */
  public ToolCall(int index, byte[] id, byte[] name, byte[] arguments) {
    this(index, false, id, name, arguments, NONE);
  }

  /** Whether this is a call's first piece. */
  public boolean first() {
    return name.length > 0;
  }
}
