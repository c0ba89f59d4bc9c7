package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Message;
import tayyar.calls.Tools;
import tayyar.grammar.CallShape;
import tayyar.grammar.Pieces;
import tayyar.jinja.Fault;
import tayyar.jinja.Text;

/**
 * A model's file in memory, with its vocabulary and chat templates. Its methods are safe for use by
 * any thread.
 */
final class LoadedModel {
  private final Llama llama;
  private final Weights weights;
  private final Vocabulary vocabulary;
  private final Templates templates;
  private final Tokenizer tokenizer;
  private @Nullable Pieces pieces;
  private @Nullable Pieces callPieces;

  /**
   * Loads.
   *
   * @throws EngineException if the file is no model that can chat
   */
  LoadedModel(Llama llama, Path file) {
    this.llama = llama;
    weights = new Weights(llama, file);
    vocabulary = weights.vocabulary();
    templates = templates(file);
    tokenizer = new Tokenizer(vocabulary, templates.shortest(), templates.longest());
  }

  private Templates templates(Path file) {
    String source = llama.chatTemplate(weights.handle(), null);
    String forTools = llama.chatTemplate(weights.handle(), Templates.FOR_TOOLS);
    if (source == null) {
      throw new EngineException("The model " + file + " has no chat template; it can't chat.");
    }
    try {
      String bos = vocabulary.name(vocabulary.bos());
      String eos = vocabulary.name(vocabulary.eos());
      return new Templates(source, forTools, bos, eos, vocabulary.ends());
    } catch (Fault e) {
      throw new EngineException(
          "The chat template of " + file + " can't be used: " + e.reason() + ".", e);
    }
  }

  MemorySegment handle() {
    return weights.handle();
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /** What each token stands for; sought at the first call, which takes its time. */
  synchronized Pieces pieces() {
    if (pieces == null) {
      pieces = new Pieces(vocabulary.pieces(""));
    }
    return pieces;
  }

  /** How the model calls tools. */
  CallShape callShape() {
    return templates.habit().shape();
  }

  /** The same with the names of the control tokens that a call is written with. */
  synchronized Pieces callPieces() {
    if (callPieces == null) {
      callPieces = new Pieces(vocabulary.pieces(callShape().toString()));
    }
    return callPieces;
  }

  /** Tokens that a slot may hold where an operator wants so many. */
  int contextTokens(int wanted) {
    return weights.contextTokens(wanted);
  }

  /** Whether its memory of a prompt can't be cut back to a part of it. */
  boolean remembersAsAWhole() {
    return llama.flag("llama_model_is_recurrent", weights.handle())
        || llama.flag("llama_model_is_hybrid", weights.handle());
  }

  /**
   * The prompt of a conversation.
   *
   * @param continues whether the last message is the beginning of the answer
   * @param tools that the model may call, or null
   * @throws tayyar.api.Refused if the template does not take the conversation
   */
  Text prompt(List<Message> messages, boolean continues, @Nullable Tools tools) {
    if (!continues) {
      return templates.render(messages, tools);
    }
    // The beginning of an answer stands where the template would have the model begin.
    Text prompt = templates.render(messages.subList(0, messages.size() - 1), tools);
    return prompt.plus(Text.said(messages.getLast().content()));
  }

  /**
   * The tokens of a prompt. Names of control tokens count in the template's own text alone, so that
   * nobody can put words into another role's mouth.
   *
   * @throws tayyar.api.Refused if something that was said can't be told from a control token
   */
  int[] tokens(Text prompt) {
    return tokenizer.tokens(prompt);
  }

  /** The tokens of a text in which the names of control tokens stand for them. */
  int[] raw(String text) {
    return tokenizer.raw(text);
  }

  /** The tokens of a text in which they do not, and which nothing is put in front of. */
  int[] plain(String text) {
    return vocabulary.tokenize(text, false);
  }

  void free() {
    weights.free();
  }
}
