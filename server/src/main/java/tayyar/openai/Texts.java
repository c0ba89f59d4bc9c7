package tayyar.openai;

import java.util.HashMap;
import java.util.Map;
import tayyar.api.JsonText;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;

/**
 * The texts of one answer, each of one kind and one choice, given on in whole characters. Not safe
 * for use by more than one thread.
 */
public final class Texts {
  private final Sink sink;

  private record Place(int choice, Kind kind) {}

  /** Those with a half of a character in them. */
  private final Map<Object, Half> halves = new HashMap<>(0);

  private long bytes;

  /** The texts of an answer of which nothing has come. */
  public Texts(Sink sink) {
    this.sink = sink;
  }

  /** Whether none ever had half a character, so that each may be given as it stands. */
  public boolean areWhole() {
    return halves.isEmpty();
  }

  /** Bytes given so far, as they stand in JSON. */
  long bytes() {
    return bytes;
  }

  /**
   * Gives the next piece of a text on.
   *
   * @return its bytes; empty where no whole character has come
   */
  public byte[] give(int choice, Kind kind, String piece) {
    byte[] json =
        halves.isEmpty() && !Half.isIn(piece)
            ? JsonText.escape(piece)
            : next(new Place(choice, kind), piece);
    give(choice, kind, json);
    return json;
  }

  /**
   * Returns the whole characters of the next piece of another text, such as a call's arguments, as
   * the inside of a JSON string.
   *
   * @param of stands for that text
   */
  public byte[] next(Object of, String piece) {
    Half half = halves.isEmpty() ? null : halves.get(of);
    if (half == null && Half.isIn(piece)) {
      half = new Half();
      halves.put(of, half);
    }
    return half == null ? JsonText.escape(piece) : half.next(piece);
  }

  /** Nothing more comes of a choice, as far as is known. */
  public void end(int choice) {
    if (halves.isEmpty()) {
      return;
    }
    for (Kind kind : Kind.values()) {
      Half half = halves.get(new Place(choice, kind));
      if (half != null) {
        give(choice, kind, half.rest());
      }
    }
  }

  private void give(int choice, Kind kind, byte[] json) {
    if (json.length > 0) {
      bytes += json.length;
      sink.delta(choice, kind, json, 0, json.length);
    }
  }
}
