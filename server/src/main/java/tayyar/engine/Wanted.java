package tayyar.engine;

import java.util.List;
import java.util.concurrent.Executor;
import tayyar.api.ApiError;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Usage;

/**
 * The vectors that one request wants. The engine's thread tells it of each, in their order; the
 * sink hears of them on the stream's loop.
 */
final class Wanted {
  private final Executor loop;
  private final Sink sink;
  private final int size;
  private final boolean base64;
  private volatile boolean unwanted;

  // The loop's.
  private boolean over;

  // The maker's of the tokens, then the engine's.
  private List<int[]> texts = List.of();
  private int taken;
  private int made;
  private int tokens;

  /**
   * Nothing of it is there yet.
   *
   * @param size numbers of each vector
   */
  Wanted(Executor loop, Sink sink, int size, boolean base64) {
    this.loop = loop;
    this.sink = sink;
    this.size = size;
    this.base64 = base64;
  }

  /** Whether nobody waits for them any more. */
  boolean unwanted() {
    return unwanted;
  }

  /** Gives them up; called on the loop. */
  void cancel() {
    over = true;
    unwanted = true;
  }

  /** The tokens of each text, before the engine's thread has it. */
  void texts(List<int[]> all) {
    texts = all;
  }

  /** Whether a vector is yet to be made. */
  boolean hasNext() {
    return taken < texts.size();
  }

  /** The tokens of the text whose turn it is. */
  int[] next() {
    return texts.get(taken);
  }

  /** That text is in the batch. */
  void take() {
    tokens += next().length;
    taken++;
  }

  /** A text's vector was made; they come in the texts' order. */
  void made(float[] whole) {
    byte[] vector = VectorText.unit(whole, size);
    if (vector.length == 0) {
      fail(new ApiError.UnreadableAnswer("a vector of it has something in it that is no number."));
      return;
    }
    var part = base64 ? Part.Vector.base64(vector) : Part.Vector.numbers(vector);
    int index = made++;
    boolean last = made == texts.size();
    loop.execute(
        () -> {
          if (over) {
            return;
          }
          sink.part(index, part);
          if (last && !over) {
            over = true;
            sink.usage(new Usage(tokens, 0, 0, false));
            sink.done();
          }
        });
  }

  /** They can't be made; called on any thread. */
  void fail(ApiError error) {
    unwanted = true;
    loop.execute(
        () -> {
          if (!over) {
            over = true;
            sink.failed(error);
          }
        });
  }
}
