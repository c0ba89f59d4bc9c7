package tayyar.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import tayyar.api.JsonText;

/**
 * The probabilities of one place's tokens as the model gives them, before bias, form, temperature
 * and all else; told in the form of a chat or of a completion. Belongs to the engine's thread.
 *
 * @see tayyar.api.Part.Logprobs
 */
final class Likelihoods {
  /** In the place of minus infinity, which JSON can't say. */
  private static final String NONE = "-9999.0";

  private final Vocabulary vocabulary;
  private final MemorySegment scratch;
  private final float[] logits;
  private int[] best = {};
  private double logOfSum;

  /**
   * Knows of no place yet.
   *
   * @param scratch as {@link Vocabulary#piece} wants it
   */
  Likelihoods(Vocabulary vocabulary, MemorySegment scratch) {
    this.vocabulary = vocabulary;
    this.scratch = scratch;
    this.logits = new float[vocabulary.size()];
  }

  /**
   * Takes a place's logits, which may be changed afterwards.
   *
   * @param most how many of the likeliest will be told
   */
  void see(MemorySegment all, int most) {
    if (best.length != most) {
      best = new int[Math.min(most, logits.length)];
    }
    MemorySegment.copy(all, JAVA_FLOAT, 0, logits, 0, logits.length);
    float highest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      highest = Math.max(highest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - highest);
    }
    logOfSum = highest + Math.log(sum);
    sort();
  }

  private void sort() {
    int count = 0;
    for (int token = 0; token < logits.length && best.length > 0; token++) {
      if (count < best.length || logits[token] > logits[best[count - 1]]) {
        int at = count < best.length ? count++ : count - 1;
        for (; at > 0 && logits[best[at - 1]] < logits[token]; at--) {
          best[at] = best[at - 1];
        }
        best[at] = token;
      }
    }
  }

  /**
   * What is told of the token that stands in the place seen last.
   *
   * @param to whom it is told
   */
  byte[] of(int token, Told to) {
    var out = new ByteArrayOutputStream();
    if (to.chat()) {
      entry(out, token);
      write(out, ",\"top_logprobs\":[");
      for (int i = 0; i < best.length; i++) {
        write(out, i == 0 ? "" : ",");
        entry(out, best[i]);
        write(out, "}");
      }
      write(out, "]}");
    } else {
      quoted(out, bytes(token));
      write(out, "\n" + logarithm(token) + "\n");
      byName(out, token);
      write(out, "\n" + to.come() + "\n");
    }
    return out.toByteArray();
  }

  /** Tells of a prompt's token, which stands in the place seen last. */
  void tell(int token, Told to) {
    tell(token, of(token, to), to);
  }

  /** Tells of a prompt's first token, which nothing leads to. */
  void tellFirst(int token, Told to) {
    var out = new ByteArrayOutputStream();
    quoted(out, bytes(token));
    write(out, "\nnull\nnull\n0\n");
    tell(token, out.toByteArray(), to);
  }

  /** A character counts with the token that it begins in. */
  private void tell(int token, byte[] entry, Told to) {
    to.add(entry);
    to.advance(Told.characters(bytes(token)));
  }

  /** The members of an entry but for its last, without the closing brace. */
  private void entry(ByteArrayOutputStream out, int token) {
    byte[] bytes = bytes(token);
    write(out, "{\"token\":");
    quoted(out, bytes);
    write(out, ",\"logprob\":" + logarithm(token) + ",\"bytes\":[");
    for (int i = 0; i < bytes.length; i++) {
      write(out, (i == 0 ? "" : ",") + (bytes[i] & 255));
    }
    write(out, "]");
  }

  /** The best and the token itself; of those that look the same, the likeliest. */
  private void byName(ByteArrayOutputStream out, int token) {
    Set<String> told = new HashSet<>();
    for (int i = 0; i <= best.length; i++) {
      int one = i < best.length ? best[i] : token;
      byte[] bytes = bytes(one);
      if (told.add(new String(bytes, UTF_8))) {
        write(out, i == 0 ? "{" : ",");
        quoted(out, bytes);
        write(out, ":" + logarithm(one));
      }
    }
    write(out, "}");
  }

  private byte[] bytes(int token) {
    return vocabulary.shown(token, scratch);
  }

  /** A token that ends within a character is told with U+FFFD; its bytes are exact. */
  private static void quoted(ByteArrayOutputStream out, byte[] bytes) {
    out.write('"');
    out.writeBytes(JsonText.escape(new String(bytes, UTF_8)));
    out.write('"');
  }

  private String logarithm(int token) {
    double log = logits[token] - logOfSum;
    return Double.isFinite(log) ? Float.toString((float) Math.min(log, 0) + 0f) : NONE;
  }

  private static void write(ByteArrayOutputStream out, String ascii) {
    out.writeBytes(ascii.getBytes(UTF_8));
  }
}
