package tayyar.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory that a worker with a model takes, estimated from the model's file; rather too much
 * than too little. In bytes.
 *
 * @param weights the file, all its parts
 * @param cache what is kept of each token of all slots' contexts
 * @param buffers of one step, and the worker's process itself
 */
public record ModelMemory(long weights, long cache, long buffers) {
  /** Java's own, with a heap that is not full. */
  private static final long PROCESS = 200_000_000;

  private static final int FLOAT = 4;
  private static final int HALF = 2;

  /** Most tokens that are computed at once, whatever a batch holds. */
  private static final int AT_ONCE = 512;

  private static final Pattern PART =
      Pattern.compile("(.*-)00001(-of-(\\d{5})\\.gguf)", Pattern.CASE_INSENSITIVE);

  /**
   * Estimates. Of a file that is no model the size alone is known; its load will say more.
   *
   * @param slots answers made at once
   * @param context tokens in each slot
   * @param batch most tokens of one step
   */
  public static ModelMemory of(Path file, int slots, int context, int batch) {
    long weights = size(file);
    try {
      ModelHead head = ModelHead.read(file);
      long each = Math.min(context, head.number("context_length", context));
      long tokens = slots * each;
      long cache = tokens * perToken(head) + slots * perSlot(head);
      return new ModelMemory(weights, cache, PROCESS + ofStep(head, tokens, batch));
    } catch (IOException e) {
      return new ModelMemory(weights, 0, PROCESS);
    }
  }

  /** All of it. */
  public long bytes() {
    return weights + cache + buffers;
  }

  /** Bytes for people. */
  public static String shown(long bytes) {
    return bytes < 1_000_000_000
        ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /** Keys and values of all layers. */
  private static long perToken(ModelHead head) {
    long layers = head.number("block_count", 0);
    long mean = head.number("attention.head_count+", 0) / Math.max(1, layers);
    long heads = Math.max(1, head.number("attention.head_count", mean));
    long each = head.number("embedding_length", 0) / heads;
    long width =
        head.number("attention.key_length", each) + head.number("attention.value_length", each);
    long all =
        head.number(
            "attention.head_count_kv+", layers * head.number("attention.head_count_kv", heads));
    return all * width * HALF;
  }

  /** What layers with a state of their own keep of a whole conversation. */
  private static long perSlot(ModelHead head) {
    long inner = head.number("ssm.inner_size", 0);
    long state = head.number("ssm.state_size", 0);
    long groups = head.number("ssm.group_count", 0);
    long kernel = Math.max(1, head.number("ssm.conv_kernel", 1));
    long each = (kernel - 1) * (inner + 2 * groups * state) + inner * state;
    return head.number("block_count", 0) * each * FLOAT;
  }

  /** The logits of a step's tokens, what flows between the layers, and who sees whom. */
  private static long ofStep(ModelHead head, long tokens, int batch) {
    long atOnce = Math.min(batch, AT_ONCE);
    long vocabulary = head.length("tokenizer.ggml.tokens");
    long width = head.number("embedding_length", 0);
    long inner = head.number("feed_forward_length", 4 * width);
    return atOnce * FLOAT * (vocabulary + 6 * width + 3 * inner) + atOnce * tokens * HALF;
  }

  private static long size(Path file) {
    Matcher part = PART.matcher(String.valueOf(file.getFileName()));
    if (!part.matches()) {
      return sizeOfOne(file);
    }
    long all = 0;
    for (int i = 1; i <= Integer.parseInt(part.group(3)); i++) {
      String name = part.group(1) + String.format(Locale.ROOT, "%05d", i) + part.group(2);
      all += sizeOfOne(file.resolveSibling(name));
    }
    return all;
  }

  private static long sizeOfOne(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }
}
