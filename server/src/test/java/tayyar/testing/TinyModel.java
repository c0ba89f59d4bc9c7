package tayyar.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A model of a few kilobytes with random weights: llama.cpp loads it, and it says nothing of sense.
 * Its vocabulary is one as SentencePiece makes them.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
public final class TinyModel {
  /** A piece of a word. */
  public static final int NORMAL = 1;

  private static final int UNKNOWN = 2;

  /** A token that stands for something that is no text. */
  public static final int CONTROL = 3;

  /** A token that is found in any text before all others. */
  public static final int USER_DEFINED = 4;

  private static final int BYTE = 6;

  private static final int WIDTH = 32;
  private static final int CONV = 4;
  private static final int STATE = 16;
  private static final int RANK = 2;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /** A token of the vocabulary. */
  public record Piece(String text, int kind) {}

  private record Tensor(String name, List<Integer> sides) {}

  private final List<Piece> pieces = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final boolean addsBos;
  private final boolean recurrent;
  private int keys;

  private TinyModel(List<Piece> more, boolean addsBos, boolean recurrent) {
    this(more, addsBos, recurrent, 256);
  }

  private TinyModel(List<Piece> more, boolean addsBos, boolean recurrent, int bytes) {
    this.addsBos = addsBos;
    this.recurrent = recurrent;
    pieces.add(new Piece("<unk>", UNKNOWN));
    pieces.add(new Piece("<s>", CONTROL));
    pieces.add(new Piece("</s>", CONTROL));
    for (int b = 0; b < 256; b++) {
      pieces.add(new Piece(String.format("<0x%02X>", b), b < bytes ? BYTE : CONTROL));
    }
    pieces.add(new Piece("<|im_start|>", CONTROL));
    pieces.add(new Piece("<|im_end|>", CONTROL));
    for (char c = '!'; c < 127; c++) {
      pieces.add(new Piece(String.valueOf(c), NORMAL));
    }
    // The lower a piece stands here, the later it is put together.
    for (String word :
        List.of("\u2581", "\u2581\u2581", "He", "ll", "llo", "Hello", "\u2581He", "\u2581Hello")) {
      pieces.add(new Piece(word, NORMAL));
    }
    pieces.addAll(more);
  }

  /**
   * Writes one.
   *
   * @param more tokens besides the usual ones: bytes, ASCII, a few words, ChatML's control tokens
   */
  public static Path write(Path file, String template, boolean addsBos, List<Piece> more)
      throws IOException {
    return Files.write(file, new TinyModel(more, addsBos, false).bytes(template));
  }

  /** Writes one that has another template for conversations with tools. */
  public static Path writeWithTools(Path file, String template, String forTools)
      throws IOException {
    var model = new TinyModel(List.of(), false, false);
    model.text("tokenizer.chat_template.tool_use", forTools);
    return Files.write(file, model.bytes(template));
  }

  /** Writes one whose tokens can't spell a character that is not of ASCII. */
  public static Path writeAscii(Path file, String template) throws IOException {
    return Files.write(file, new TinyModel(List.of(), false, false, 128).bytes(template));
  }

  /** Writes one whose memory of a prompt is a state (Mamba), which can't be cut. */
  public static Path writeRecurrent(Path file, String template) throws IOException {
    return Files.write(file, new TinyModel(List.of(), true, true).bytes(template));
  }

  private byte[] bytes(String template) {
    var keysAndValues = new ByteArrayOutputStream();
    settings(template);
    keysAndValues.writeBytes(out.toByteArray());
    out.reset();
    List<Tensor> tensors = tensors();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(3);
    int64(tensors.size());
    int64(keys);
    out.writeBytes(keysAndValues.toByteArray());
    weights(tensors);
    return out.toByteArray();
  }

  private void settings(String template) {
    String name = recurrent ? "mamba" : "llama";
    text("general.architecture", name);
    number(name + ".block_count", 1);
    number(name + ".context_length", 2048);
    number(name + ".embedding_length", WIDTH);
    number(name + ".feed_forward_length", recurrent ? 0 : WIDTH);
    number(name + ".attention.head_count", recurrent ? 0 : 1);
    if (recurrent) {
      number("mamba.ssm.conv_kernel", CONV);
      number("mamba.ssm.inner_size", 2 * WIDTH);
      number("mamba.ssm.state_size", STATE);
      number("mamba.ssm.time_step_rank", RANK);
    } else {
      number("llama.rope.dimension_count", WIDTH);
    }
    key(name + ".attention.layer_norm_rms_epsilon", FLOAT32);
    int32(Float.floatToIntBits(1e-5f));
    text("tokenizer.ggml.model", "llama");
    text("tokenizer.chat_template", template);
    number("tokenizer.ggml.bos_token_id", 1);
    number("tokenizer.ggml.eos_token_id", 2);
    number("tokenizer.ggml.unknown_token_id", 0);
    key("tokenizer.ggml.add_bos_token", BOOL);
    out.write(addsBos ? 1 : 0);
    array("tokenizer.ggml.tokens", STRING);
    pieces.forEach(piece -> string(piece.text()));
    array("tokenizer.ggml.scores", FLOAT32);
    for (int i = 0; i < pieces.size(); i++) {
      int32(Float.floatToIntBits(pieces.get(i).kind() == NORMAL ? -i : 0));
    }
    array("tokenizer.ggml.token_type", INT32);
    pieces.forEach(piece -> int32(piece.kind()));
  }

  private List<Tensor> tensors() {
    var all = new ArrayList<Tensor>();
    all.add(new Tensor("token_embd.weight", List.of(WIDTH, pieces.size())));
    all.add(new Tensor("output_norm.weight", List.of(WIDTH)));
    if (recurrent) {
      all.addAll(stateTensors());
      return all;
    }
    for (String norm : List.of("attn_norm", "ffn_norm")) {
      all.add(new Tensor("blk.0." + norm + ".weight", List.of(WIDTH)));
    }
    for (String square :
        List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")) {
      all.add(new Tensor("blk.0." + square + ".weight", List.of(WIDTH, WIDTH)));
    }
    return all;
  }

  private static List<Tensor> stateTensors() {
    int inner = 2 * WIDTH;
    return List.of(
        new Tensor("blk.0.attn_norm.weight", List.of(WIDTH)),
        new Tensor("blk.0.ssm_in.weight", List.of(WIDTH, 2 * inner)),
        new Tensor("blk.0.ssm_conv1d.weight", List.of(CONV, inner)),
        new Tensor("blk.0.ssm_conv1d.bias", List.of(inner)),
        new Tensor("blk.0.ssm_x.weight", List.of(inner, RANK + 2 * STATE)),
        new Tensor("blk.0.ssm_dt.weight", List.of(RANK, inner)),
        new Tensor("blk.0.ssm_dt.bias", List.of(inner)),
        new Tensor("blk.0.ssm_a", List.of(STATE, inner)),
        new Tensor("blk.0.ssm_d", List.of(inner)),
        new Tensor("blk.0.ssm_out.weight", List.of(inner, WIDTH)));
  }

  private void weights(List<Tensor> tensors) {
    long offset = 0;
    for (Tensor tensor : tensors) {
      string(tensor.name());
      int32(tensor.sides().size());
      long size = 4;
      for (int side : tensor.sides()) {
        int64(side);
        size *= side;
      }
      int32(0);
      int64(offset);
      offset += size;
    }
    while (out.size() % 32 != 0) {
      out.write(0);
    }
    var random = new Random(7);
    for (long i = 0; i < offset / 4; i++) {
      int32(Float.floatToIntBits((float) random.nextGaussian() / 8));
    }
  }

  private void text(String key, String value) {
    key(key, STRING);
    string(value);
  }

  private void number(String key, int value) {
    key(key, UINT32);
    int32(value);
  }

  private void array(String key, int of) {
    key(key, ARRAY);
    int32(of);
    int64(pieces.size());
  }

  private void key(String key, int kind) {
    keys++;
    string(key);
    int32(kind);
  }

  private void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    int64(utf8.length);
    out.writeBytes(utf8);
  }

  private void int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
