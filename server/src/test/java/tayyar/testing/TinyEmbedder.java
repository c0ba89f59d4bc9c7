package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * An embedding model of a few kilobytes with random weights, which are known: BERT's layers with a
 * vocabulary of WordPiece, or Llama's with one of SentencePiece's.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
public final class TinyEmbedder {
  /** Numbers of a vector. */
  public static final int WIDTH = 32;

  /** Tokens that it was trained to see. */
  public static final int CONTEXT = 256;

  static final int HEADS = 2;
  static final int LAYERS = 2;
  static final int INNER = 48;

  /** The first token around a text, in BERT's vocabulary. */
  public static final int CLS = 2;

  /** The last one. */
  public static final int SEP = 3;

  private static final List<String> WORDS =
      List.of("\u2581the", "\u2581river", "\u2581runs", "\u2581down", "ing", "\u2581نهر");

  /** The kinds of model, with the number that a file has for the pooling. */
  public enum Kind {
    /** Both ways, the mean of all tokens. */
    BERT_MEAN(1),
    /** Both ways, the first token. */
    BERT_CLS(2),
    /** From left to right, the last token. */
    LLAMA_LAST(3),
    /** One number for each pair of texts. */
    BERT_RANK(4);

    private final int pooling;

    Kind(int pooling) {
      this.pooling = pooling;
    }

    boolean bert() {
      return this != LLAMA_LAST;
    }
  }

  private final Kind kind;
  private final Map<String, float[]> weights = new LinkedHashMap<>();
  private final Map<String, List<Integer>> sides = new LinkedHashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private final Random random = new Random(11);
  private ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int keys;

  /** One that is always the same. */
  public TinyEmbedder(Kind kind) {
    this.kind = kind;
    tokens.addAll(
        kind.bert()
            ? List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
            : List.of("<unk>", "<s>", "</s>"));
    if (!kind.bert()) {
      for (int b = 0; b < 256; b++) {
        tokens.add(String.format("<0x%02X>", b));
      }
    }
    for (char c = 'a'; c <= 'z'; c++) {
      tokens.add("\u2581" + c);
      tokens.add(String.valueOf(c));
    }
    tokens.addAll(WORDS);
    weights();
  }

  private void weights() {
    tensor("token_embd.weight", 1, WIDTH, tokens.size());
    if (kind.bert()) {
      tensor("token_types.weight", 1, WIDTH, 2);
      tensor("position_embd.weight", 1, WIDTH, CONTEXT);
      norm("token_embd_norm");
    } else {
      norm("output_norm");
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      String blk = "blk." + layer + ".";
      for (String square : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
        linear(blk + square, WIDTH, WIDTH);
      }
      linear(blk + "ffn_up", WIDTH, INNER);
      linear(blk + "ffn_down", INNER, WIDTH);
      if (kind.bert()) {
        norm(blk + "attn_output_norm");
        norm(blk + "layer_output_norm");
      } else {
        linear(blk + "ffn_gate", WIDTH, INNER);
        norm(blk + "attn_norm");
        norm(blk + "ffn_norm");
      }
    }
  }

  private void linear(String name, int in, int to) {
    tensor(name + ".weight", 0.3f, in, to);
    if (kind.bert()) {
      tensor(name + ".bias", 0.1f, to);
    }
  }

  private void norm(String name) {
    tensor(name + ".weight", 1, WIDTH);
    if (kind.bert()) {
      tensor(name + ".bias", 0.1f, WIDTH);
    }
  }

  private void tensor(String name, float scale, Integer... its) {
    int size = 1;
    for (int side : its) {
      size *= side;
    }
    var all = new float[size];
    for (int i = 0; i < size; i++) {
      all[i] = scale * (float) random.nextGaussian();
    }
    weights.put(name, all);
    sides.put(name, List.of(its));
  }

  /** A tensor's numbers, its first side's beside each other; none where there is no such tensor. */
  float[] weights(String name) {
    return weights.getOrDefault(name, new float[0]);
  }

  /** A token's number. */
  public int token(String text) {
    return tokens.indexOf(text);
  }

  /** The number of tokens. */
  public int size() {
    return tokens.size();
  }

  public Kind kind() {
    return kind;
  }

  /** Writes it. */
  public Path write(Path file) throws IOException {
    settings();
    byte[] settings = out.toByteArray();
    out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(UTF_8));
    int32(3);
    int64(weights.size());
    int64(keys);
    out.writeBytes(settings);
    long offset = 0;
    for (Map.Entry<String, List<Integer>> tensor : sides.entrySet()) {
      string(tensor.getKey());
      int32(tensor.getValue().size());
      tensor.getValue().forEach(this::int64);
      int32(0);
      int64(offset);
      offset += padded(4L * weights(tensor.getKey()).length);
    }
    pad();
    for (float[] tensor : weights.values()) {
      for (float number : tensor) {
        int32(Float.floatToIntBits(number));
      }
      pad();
    }
    return Files.write(file, out.toByteArray());
  }

  private void settings() {
    String name = kind.bert() ? "bert" : "llama";
    text("general.architecture", name);
    number(name + ".block_count", LAYERS);
    number(name + ".context_length", CONTEXT);
    number(name + ".embedding_length", WIDTH);
    number(name + ".feed_forward_length", INNER);
    number(name + ".attention.head_count", HEADS);
    String norm =
        kind.bert() ? ".attention.layer_norm_epsilon" : ".attention.layer_norm_rms_epsilon";
    key(name + norm, 6);
    int32(Float.floatToIntBits(1e-5f));
    text("tokenizer.ggml.model", name);
    if (kind.bert()) {
      flag("bert.attention.causal", false);
      number("tokenizer.ggml.token_type_count", 2);
      number("tokenizer.ggml.padding_token_id", 0);
      number("tokenizer.ggml.unknown_token_id", 1);
      number("tokenizer.ggml.bos_token_id", CLS);
      number("tokenizer.ggml.cls_token_id", CLS);
      number("tokenizer.ggml.seperator_token_id", SEP);
      number("tokenizer.ggml.mask_token_id", 4);
    } else {
      number("llama.rope.dimension_count", WIDTH / HEADS);
      number("tokenizer.ggml.bos_token_id", 1);
      number("tokenizer.ggml.eos_token_id", 2);
      flag("tokenizer.ggml.add_bos_token", true);
      flag("tokenizer.ggml.add_eos_token", true);
    }
    array("tokenizer.ggml.tokens", 8);
    tokens.forEach(this::string);
    array("tokenizer.ggml.scores", 6);
    for (int i = 0; i < tokens.size(); i++) {
      int32(Float.floatToIntBits(-i));
    }
    array("tokenizer.ggml.token_type", 5);
    tokens.forEach(token -> int32(type(token)));
    // The last key, as far from the beginning as it can be.
    number(name + ".pooling_type", kind.pooling);
  }

  private static int type(String token) {
    if (token.equals("<unk>") || token.equals("[UNK]")) {
      return 2;
    }
    if (token.startsWith("<0x")) {
      return 6;
    }
    return token.startsWith("[") || token.startsWith("<") ? 3 : 1;
  }

  private void text(String key, String value) {
    key(key, 8);
    string(value);
  }

  private void number(String key, int value) {
    key(key, 4);
    int32(value);
  }

  private void flag(String key, boolean value) {
    key(key, 7);
    out.write(value ? 1 : 0);
  }

  private void array(String key, int of) {
    key(key, 9);
    int32(of);
    int64(tokens.size());
  }

  private void key(String key, int type) {
    keys++;
    string(key);
    int32(type);
  }

  private void string(String value) {
    byte[] utf8 = value.getBytes(UTF_8);
    int64(utf8.length);
    out.writeBytes(utf8);
  }

  private void int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private static long padded(long bytes) {
    return (bytes + 31) / 32 * 32;
  }

  private void pad() {
    while (out.size() % 32 != 0) {
      out.write(0);
    }
  }
}
