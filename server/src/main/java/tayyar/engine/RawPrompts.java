package tayyar.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Continuation;
import tayyar.api.InferenceRequest;
import tayyar.api.JsonText;
import tayyar.api.Refused;
import tayyar.api.Room;

/**
 * Makes the tokens of prompts that are no conversations. The client owns all of such a prompt, so
 * the names of control tokens in it stand for them, as with llama.cpp's and vLLM's servers; not so
 * where a text is filled in, since that is somebody's file. Tokens are taken as they are. Safe for
 * use by any thread; takes its time.
 */
final class RawPrompts {
  /** A byte's share while its text is tokenised: itself twice, and an int for its token. */
  private static final int TOKENISED_BYTES = 6;

  private final LoadedModel model;
  private final Vocabulary vocabulary;
  private final int contextTokens;

  RawPrompts(LoadedModel model, int contextTokens) {
    this.model = model;
    this.vocabulary = model.vocabulary();
    this.contextTokens = contextTokens;
  }

  /**
   * A prompt.
   *
   * @param echo what an answer begins with, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Raw(int[] tokens, @Nullable Echo echo) {}

  /**
   * The prompts of a completion, in their order. What they take of the room stays taken.
   *
   * @throws Refused if one has no tokens of this model, does not fit, or there is no room for it
   */
  List<Raw> of(InferenceRequest request, Continuation asked, Room room) {
    List<Raw> all = new ArrayList<>();
    for (Continuation.Prompt prompt : asked.prompts()) {
      String where = asked.prompts().size() == 1 ? "prompt" : "prompt[" + all.size() + "]";
      Raw raw =
          switch (prompt) {
            case Continuation.Words text -> words(text.of(request.body()), asked, where, room);
            case Continuation.Numbers numbers -> numbers(request.body(), numbers, asked, where);
          };
      if (raw.tokens().length >= contextTokens) {
        throw tooLong(where, raw.tokens().length, true);
      }
      room.need((long) Integer.BYTES * raw.tokens().length);
      all.add(raw);
    }
    return all;
  }

  private Refused tooLong(String where, int tokens, boolean exact) {
    return new Refused(new ApiError.ContextLengthExceeded(where, tokens, contextTokens, exact));
  }

  private Raw words(String text, Continuation asked, String where, Room room) {
    int atLeast = vocabulary.tokensAtLeast(text);
    if (atLeast >= contextTokens) {
      throw tooLong(where, atLeast, false);
    }
    long making = (long) TOKENISED_BYTES * JsonText.utf8Bytes(text);
    room.need(making);
    try {
      if (asked.suffix() != null) {
        return new Raw(filling(model.plain(text), asked.suffix(), room), null);
      }
      int[] tokens = model.raw(text);
      if (tokens.length == 0) {
        throw new Refused(new ApiError.EmptyInput(where));
      }
      int from = vocabulary.addsBos() && !text.startsWith(vocabulary.name(tokens[0])) ? 1 : 0;
      return new Raw(tokens, asked.echo() ? new Echo(text.getBytes(UTF_8), from) : null);
    } finally {
      room.give(making);
    }
  }

  private Raw numbers(byte[] body, Continuation.Numbers place, Continuation asked, String where) {
    String list = new String(body, place.from(), place.to() - place.from(), US_ASCII);
    int[] tokens = vocabulary.numbers(list, where);
    if (asked.suffix() != null) {
      return new Raw(filling(tokens, asked.suffix(), Room.ENDLESS), null);
    }
    return new Raw(tokens, asked.echo() ? new Echo(text(tokens), 0) : null);
  }

  private byte[] text(int[] tokens) {
    var out = new ByteArrayOutputStream();
    var text = new TextOut(List.of());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(256);
      for (int token : tokens) {
        out.writeBytes(text.add(vocabulary.shown(token, scratch)));
      }
    }
    return out.toByteArray();
  }

  /** What stands before and behind the text that is sought, in the form that models learn. */
  private int[] filling(int[] before, String suffix, Room room) {
    if (!vocabulary.fillsIn()) {
      String detail = "can't be used: the model has no tokens for what is filled in.";
      throw new Refused(new ApiError.InvalidValue("suffix", detail));
    }
    long making = (long) TOKENISED_BYTES * JsonText.utf8Bytes(suffix);
    room.need(making);
    try {
      int[] behind = model.plain(suffix);
      int bos = vocabulary.addsBos() ? 1 : 0;
      int[] all = new int[bos + 3 + before.length + behind.length];
      all[0] = vocabulary.bos();
      all[bos] = vocabulary.prefixMark();
      System.arraycopy(before, 0, all, bos + 1, before.length);
      all[bos + 1 + before.length] = vocabulary.suffixMark();
      System.arraycopy(behind, 0, all, bos + 2 + before.length, behind.length);
      all[all.length - 1] = vocabulary.middleMark();
      return all;
    } finally {
      room.give(making);
    }
  }
}
