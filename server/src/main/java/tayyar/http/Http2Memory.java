package tayyar.http;

import tayyar.api.Room;

/** The memory that stands for one connection of HTTP/2. Used on one event loop. */
final class Http2Memory {
  /** The memory of a connection without requests: tables of fields, windows. */
  private static final int OPEN_BYTES = 16 * 1024;

  /** What is kept free for connections to come: idle ones are closed for it. */
  static final int SPARE_BYTES = 8 * OPEN_BYTES;

  /** The bytes that are not charged: of frames that have not come whole. */
  private static final int SMALL_BYTES = 2 * 1024;

  private final Charge charge;
  private final Charge unread;

  /** Charges nothing yet. */
  Http2Memory(Room nobody) {
    this.charge = new Charge(nobody);
    this.unread = new Charge(nobody);
  }

  /**
   * Charges an open connection and, twice, what is kept of frames that have not come whole: buffers
   * grow. Returns whether there is room.
   */
  boolean keeps(int kept) {
    return charge.set(OPEN_BYTES + (kept <= SMALL_BYTES ? 0 : 2L * kept));
  }

  /** Charges answers that the client leaves unread; returns whether there is room for them. */
  boolean unread(long bytes) {
    return unread.set(bytes);
  }

  /** Gives all of it back. */
  void drop() {
    charge.drop();
    unread.drop();
  }
}
