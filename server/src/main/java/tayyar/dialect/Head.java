package tayyar.dialect;

import tayyar.api.Key;
import tayyar.api.Room;

/** What is known of a request before its body is read. */
public interface Head {
  /** Returns a header field's value by its name, or an empty text. */
  String field(String name);

  /** Returns the key that it came with. */
  Key key();

  /** Returns the memory that it may hold. */
  Room room();
}
