package tayyar.http;

import tayyar.api.Room;

/** Bytes that are drawn on a room, as many as are kept at the moment. Used on one event loop. */
final class Charge {
  private final Room room;
  private long bytes;

  /** Charges nothing yet. */
  Charge(Room room) {
    this.room = room;
  }

  /** Charges so many from now on; returns whether there is room, else all stays as it was. */
  boolean set(long much) {
    if (much > bytes && !room.take(much - bytes)) {
      return false;
    }
    if (much < bytes) {
      room.give(bytes - much);
    }
    bytes = much;
    return true;
  }

  /** Gives all of it back. */
  void drop() {
    room.give(bytes);
    bytes = 0;
  }
}
