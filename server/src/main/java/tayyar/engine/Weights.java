package tayyar.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** A model's file in memory, with its vocabulary. Its methods are safe for use by any thread. */
final class Weights {
  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

  private final Llama llama;
  private final MemorySegment model;
  private final Vocabulary vocabulary;

  /**
   * Loads.
   *
   * @throws EngineException if the file is no model that answers by itself
   */
  Weights(Llama llama, Path file) {
    this.llama = llama;
    checkMagic(file);
    model = llama.loadModel(file);
    vocabulary = new Vocabulary(llama, model);
    if (llama.flag("llama_model_has_encoder", model)) {
      throw new EngineException("The model " + file + " has an encoder; it can't chat.");
    }
  }

  /** Refuses what is seen at once to be no model. */
  static void checkMagic(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] begin = in.readNBytes(MAGIC.length);
      if (!Arrays.equals(begin, MAGIC)) {
        throw EngineException.file(file, begin.length == 0 ? "it is empty" : "it is no GGUF file");
      }
    } catch (NoSuchFileException e) {
      throw EngineException.file(file, "it is not there");
    } catch (IOException e) {
      throw new EngineException("The model file " + file + " can't be read.", e);
    }
  }

  MemorySegment handle() {
    return model;
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Tokens that it sees at once where an operator wants so many: no more than it was trained to.
   */
  int contextTokens(int wanted) {
    int trained = llama.number("llama_model_n_ctx_train", model);
    return trained > 0 ? Math.min(wanted, trained) : wanted;
  }

  void free() {
    llama.freeModel(model);
  }
}
