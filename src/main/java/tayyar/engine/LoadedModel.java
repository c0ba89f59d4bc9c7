package tayyar.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Message;

/**
 * A model's file in memory, with its vocabulary and chat template. Its methods are safe for use by
 * any thread.
 */
final class LoadedModel {
  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

  private final Llama llama;
  private final MemorySegment model;
  private final MemorySegment vocab;
  private final ChatTemplate template;
  private final String bos;
  private final boolean addsBos;
  private final int vocabSize;

  /**
   * Loads.
   *
   * @throws EngineException if the file is no model that can chat
   */
  LoadedModel(Llama llama, Path file) {
    this.llama = llama;
    checkMagic(file);
    model = llama.loadModel(file);
    vocab = llama.part("llama_model_get_vocab", model);
    vocabSize = llama.number("llama_vocab_n_tokens", vocab);
    addsBos = llama.flag("llama_vocab_get_add_bos", vocab);
    bos = name(llama.number("llama_vocab_bos", vocab));
    if (llama.flag("llama_model_has_encoder", model)) {
      throw new EngineException("The model " + file + " has an encoder; it can't chat.");
    }
    template = template(file);
  }

  private ChatTemplate template(Path file) {
    String source = llama.chatTemplate(model);
    if (source == null) {
      throw new EngineException("The model " + file + " has no chat template; it can't chat.");
    }
    try {
      String eos = name(llama.number("llama_vocab_eos", vocab));
      return new ChatTemplate(source, bos, eos);
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          "The chat template of " + file + " can't be read: " + e.getMessage(), e);
    }
  }

  private static void checkMagic(Path file) {
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

  private String name(int token) {
    if (token < 0) {
      return "";
    }
    try (Arena arena = Arena.ofConfined()) {
      byte[] piece = llama.piece(vocab, token, arena.allocate(256), true);
      return new String(piece, StandardCharsets.UTF_8);
    }
  }

  MemorySegment handle() {
    return model;
  }

  MemorySegment vocab() {
    return vocab;
  }

  int vocabSize() {
    return vocabSize;
  }

  /** Tokens the model was trained to see at once, or null where it does not say. */
  @Nullable Integer trainedTokens() {
    int tokens = llama.number("llama_model_n_ctx_train", model);
    return tokens > 0 ? tokens : null;
  }

  /**
   * The tokens of a conversation. Names of control tokens count in the template's own text alone,
   * so that nobody can put words into another role's mouth.
   *
   * @param continues whether the last message is the beginning of the answer
   * @throws tayyar.api.Refused if the template does not take the conversation
   */
  int[] prompt(List<Message> messages, boolean continues) {
    var tokens = new int[64];
    int size = 0;
    boolean first = true;
    for (ChatTemplate.Segment segment : segments(messages, continues)) {
      boolean withBos = first && addsBos && !segment.text().startsWith(bos);
      byte[] utf8 = segment.text().getBytes(StandardCharsets.UTF_8);
      int[] part = llama.tokenize(vocab, utf8, withBos, segment.fromTemplate());
      if (tokens.length - size < part.length) {
        tokens = Arrays.copyOf(tokens, Math.max(tokens.length * 2, size + part.length));
      }
      System.arraycopy(part, 0, tokens, size, part.length);
      size += part.length;
      first = false;
    }
    return Arrays.copyOf(tokens, size);
  }

  /** The beginning of an answer stands where the template would have the model begin. */
  private List<ChatTemplate.Segment> segments(List<Message> messages, boolean continues) {
    if (!continues) {
      return template.renderSegments(messages);
    }
    Message begun = messages.getLast();
    var segments =
        new ArrayList<>(template.renderSegments(messages.subList(0, messages.size() - 1)));
    segments.add(new ChatTemplate.Segment(begun.content(), false));
    return segments;
  }

  void free() {
    llama.freeModel(model);
  }
}
