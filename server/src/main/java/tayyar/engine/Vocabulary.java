package tayyar.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static tayyar.engine.Foreign.invoke;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import tayyar.api.ApiError;
import tayyar.api.JsonText;
import tayyar.api.Refused;

/** A model's vocabulary: from text to tokens and back. Safe for use by any thread. */
final class Vocabulary {
  /** The blanks that some control tokens take along. */
  static final String C_BLANKS = " \t\n\u000B\f\r";

  /** An unknown character is one token. */
  private static final int CHARACTER_BYTES_MAX = 4;

  private static final int UNKNOWN = 1;
  private static final int CONTROL = 1 << 3;
  private static final int USER_DEFINED = 1 << 4;
  private static final int STRIPS_BEFORE = 1 << 7;
  private static final int STRIPS_BEHIND = 1 << 8;

  /** Kinds of vocabulary in which one token may stand for a text of any length. */
  private static final Set<Integer> WORDS_OR_UNIGRAMS = Set.of(3, 4);

  private final MemorySegment vocab;
  private final MethodHandle tokenize;
  private final MethodHandle tokenToPiece;
  private final MethodHandle name;
  private final int[] attributes;
  private final BitSet ends;
  private final int bos;
  private final int eos;
  private final boolean addsBos;
  private final int prefixMark;
  private final int suffixMark;
  private final int middleMark;

  /** Bytes of text that one token stands for at most; 0 is any number. */
  private final int longestBytes;

  private final boolean strips;

  Vocabulary(Llama llama, MemorySegment model) {
    vocab = llama.part("llama_model_get_vocab", model);
    tokenize =
        llama.function(
            "llama_tokenize",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            JAVA_BOOLEAN,
            JAVA_BOOLEAN);
    tokenToPiece =
        llama.function(
            "llama_token_to_piece",
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            JAVA_INT,
            JAVA_BOOLEAN);
    name = llama.function("llama_vocab_get_text", ADDRESS, ADDRESS, JAVA_INT);
    bos = llama.number("llama_vocab_bos", vocab);
    eos = llama.number("llama_vocab_eos", vocab);
    addsBos = llama.flag("llama_vocab_get_add_bos", vocab) && bos >= 0;
    prefixMark = llama.number("llama_vocab_fim_pre", vocab);
    suffixMark = llama.number("llama_vocab_fim_suf", vocab);
    middleMark = llama.number("llama_vocab_fim_mid", vocab);
    attributes = attributes(llama, llama.number("llama_vocab_n_tokens", vocab));
    ends = ends(llama);
    int kind = llama.number("llama_vocab_type", vocab);
    longestBytes = WORDS_OR_UNIGRAMS.contains(kind) ? 0 : longestBytes();
    strips = Arrays.stream(attributes).anyMatch(a -> (a & (STRIPS_BEFORE | STRIPS_BEHIND)) != 0);
  }

  /** Read all at once: there are up to a quarter of a million. */
  private int[] attributes(Llama llama, int count) {
    MethodHandle attribute = llama.function("llama_vocab_get_attr", JAVA_INT, ADDRESS, JAVA_INT);
    var all = new int[count];
    try {
      for (int token = 0; token < count; token++) {
        all[token] = (int) attribute.invokeExact(vocab, token);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  private BitSet ends(Llama llama) {
    MethodHandle is = llama.function("llama_vocab_is_eog", JAVA_BOOLEAN, ADDRESS, JAVA_INT);
    var all = new BitSet();
    try {
      for (int token = 0; token < attributes.length; token++) {
        all.set(token, (boolean) is.invokeExact(vocab, token));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  /** Of all tokens; the library tells what a piece would need where it is given no room for it. */
  private int longestBytes() {
    int longest = CHARACTER_BYTES_MAX;
    try {
      for (int token = 0; token < attributes.length; token++) {
        int bytes = (int) tokenToPiece.invokeExact(vocab, token, MemorySegment.NULL, 0, 0, true);
        longest = Math.max(longest, -bytes);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return longest;
  }

  int size() {
    return attributes.length;
  }

  /** The token that a prompt begins with, or less than 0. */
  int bos() {
    return bos;
  }

  /** The token that ends a text, or less than 0. */
  int eos() {
    return eos;
  }

  /** Whether each prompt is to begin with {@link #bos}. */
  boolean addsBos() {
    return addsBos;
  }

  /** Whether there are tokens around a text in whose middle something is filled in. */
  boolean fillsIn() {
    return prefixMark >= 0 && suffixMark >= 0 && middleMark >= 0;
  }

  /** The token in front of what stands before the gap, or less than 0. */
  int prefixMark() {
    return prefixMark;
  }

  /** The token in front of what stands behind the gap, or less than 0. */
  int suffixMark() {
    return suffixMark;
  }

  /** The token in front of what is filled in, or less than 0. */
  int middleMark() {
    return middleMark;
  }

  /** Whether it stands for something that is no text, and only where control tokens may stand. */
  boolean control(int token) {
    return (attributes[token] & CONTROL) != 0;
  }

  /** Whether it stands for what the vocabulary has no token for. */
  boolean unknown(int token) {
    return (attributes[token] & UNKNOWN) != 0;
  }

  /** Whether its name is found in any text, also in what somebody said. */
  boolean userDefined(int token) {
    return (attributes[token] & USER_DEFINED) != 0;
  }

  /** Whether it takes the blanks in front of its name. */
  boolean stripsBefore(int token) {
    return (attributes[token] & STRIPS_BEFORE) != 0;
  }

  /** Whether it takes the blanks behind its name. */
  boolean stripsBehind(int token) {
    return (attributes[token] & STRIPS_BEHIND) != 0;
  }

  /** A token's name, as it is found in a text; empty for a token less than 0. */
  String name(int token) {
    return token < 0 ? "" : Foreign.string((MemorySegment) invoke(name, vocab, token));
  }

  /**
   * Reads a list of tokens.
   *
   * @param list numbers with commas between them, JSON's blanks around each
   * @param where it stands in the request
   * @throws Refused if the vocabulary does not have one
   */
  int[] numbers(String list, String where) {
    return Arrays.stream(list.split(",", -1)).mapToInt(number -> number(number, where)).toArray();
  }

  private int number(String number, String where) {
    String digits = number.strip();
    boolean known = digits.matches("[0-9]{1,9}") && Integer.parseInt(digits) < size();
    if (!known) {
      String detail = "must have tokens from 0 to " + (size() - 1) + ".";
      throw new Refused(new ApiError.InvalidValue(where, detail));
    }
    return Integer.parseInt(digits);
  }

  /** The tokens that end an answer; not to be changed. */
  BitSet endingTokens() {
    return ends;
  }

  /** Whether a token ends an answer. */
  boolean endsAnswer(int token) {
    return ends.get(token);
  }

  /**
   * As many tokens as a text has whatever they are; told by its length alone. Blanks that control
   * tokens may take do not count.
   */
  int tokensAtLeast(String text) {
    if (longestBytes == 0) {
      return 0;
    }
    long bytes = JsonText.utf8Bytes(text);
    if (strips) {
      bytes -= text.chars().filter(c -> C_BLANKS.indexOf(c) >= 0).count();
    }
    return (int) Math.ceilDiv(bytes, longestBytes);
  }

  /**
   * Turns text into tokens, and adds none.
   *
   * @param special whether the names of control tokens in the text stand for them
   */
  int[] tokenize(String text, boolean special) {
    return tokenize(text, false, special);
  }

  /** The tokens of a text by itself: with those around it that the model's file asks for. */
  int[] whole(String text) {
    return tokenize(text, true, false);
  }

  private int[] tokenize(String text, boolean adds, boolean special) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, utf8.length));
      MemorySegment.copy(utf8, 0, bytes, JAVA_BYTE, 0, utf8.length);
      int room = utf8.length + 8;
      MemorySegment tokens = arena.allocate(JAVA_INT, room);
      int count = (int) invoke(tokenize, vocab, bytes, utf8.length, tokens, room, adds, special);
      if (count < 0) {
        room = -count;
        tokens = arena.allocate(JAVA_INT, room);
        count = (int) invoke(tokenize, vocab, bytes, utf8.length, tokens, room, adds, special);
      }
      return tokens.asSlice(0, 4L * count).toArray(JAVA_INT);
    }
  }

  /**
   * The bytes a token stands for; not always whole characters, and none for a control token.
   *
   * @param scratch at least 256 bytes
   */
  byte[] piece(int token, MemorySegment scratch) {
    int size = (int) scratch.byteSize();
    int count = (int) invoke(tokenToPiece, vocab, token, scratch, size, 0, false);
    if (count >= 0) {
      return scratch.asSlice(0, count).toArray(JAVA_BYTE);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment larger = arena.allocate(-count);
      int written = (int) invoke(tokenToPiece, vocab, token, larger, -count, 0, false);
      return larger.asSlice(0, Math.max(0, written)).toArray(JAVA_BYTE);
    }
  }

  /** The text of a token, and the name of one that has none; {@code scratch} as above. */
  byte[] shown(int token, MemorySegment scratch) {
    byte[] piece = piece(token, scratch);
    return piece.length > 0 ? piece : name(token).getBytes(StandardCharsets.UTF_8);
  }

  /** The names of all tokens that end an answer. */
  List<String> ends() {
    return ends.stream().mapToObj(this::name).toList();
  }

  /**
   * The same of each token; empty for those that are no text or end an answer.
   *
   * @param marks the names of control tokens in it count as text
   */
  byte[][] pieces(String marks) {
    var all = new byte[attributes.length][];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(256);
      for (int token = 0; token < all.length; token++) {
        boolean text = !control(token) && !unknown(token) && !endsAnswer(token);
        all[token] = text ? piece(token, scratch) : new byte[0];
        if (!text && control(token) && !endsAnswer(token) && isIn(marks, name(token))) {
          all[token] = name(token).getBytes(StandardCharsets.UTF_8);
        }
      }
    }
    return all;
  }

  private static boolean isIn(String marks, String name) {
    return !name.isBlank() && marks.contains(name);
  }
}
