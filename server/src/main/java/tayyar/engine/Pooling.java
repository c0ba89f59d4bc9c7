package tayyar.engine;

import java.io.IOException;
import java.nio.file.Path;
import tayyar.memory.ModelHead;

/**
 * How a model makes one vector of the vectors of a text's tokens; its file says it.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
enum Pooling {
  /** It does not: a language model. */
  NONE,
  /** Their mean. */
  MEAN,
  /** The first one. */
  CLS,
  /** The last one. */
  LAST,
  /** One number, by which texts are ranked. */
  RANK;

  /**
   * A model file's.
   *
   * @return NONE also where the file can't be read; whoever loads it says why
   */
  static Pooling of(Path file) {
    try {
      long which = ModelHead.read(file).number("pooling_type", 0);
      return which > 0 && which < values().length ? values()[(int) which] : NONE;
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Whether texts become vectors. */
  boolean embeds() {
    return this == MEAN || this == CLS || this == LAST;
  }
}
