package tayyar.testing;

import static tayyar.testing.TinyEmbedder.HEADS;
import static tayyar.testing.TinyEmbedder.INNER;
import static tayyar.testing.TinyEmbedder.LAYERS;
import static tayyar.testing.TinyEmbedder.WIDTH;

import java.util.Arrays;

/**
 * What a {@link TinyEmbedder} makes of tokens, computed from the papers' formulas in double
 * precision, one token and one number after the other.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT</a>
 * @see <a href="https://arxiv.org/abs/2302.13971">Llama</a>
 */
public final class TinyEmbedderByHand {
  private static final double EPSILON = 1e-5f;
  private static final int HEAD = WIDTH / HEADS;

  private final TinyEmbedder model;
  private final boolean bert;

  /** Of a model. */
  public TinyEmbedderByHand(TinyEmbedder model) {
    this.model = model;
    this.bert = model.kind().bert();
  }

  /** The vector of a text: pooled, cut, then of length 1. */
  public double[] vector(int[] tokens, int size) {
    double[][] x = bert ? bert(tokens) : llama(tokens);
    double[] pooled =
        switch (model.kind()) {
          case BERT_MEAN -> mean(x);
          case BERT_CLS, BERT_RANK -> x[0];
          case LLAMA_LAST -> x[x.length - 1];
        };
    double[] cut = Arrays.copyOf(pooled, size);
    double length = Math.sqrt(Arrays.stream(cut).map(v -> v * v).sum());
    return Arrays.stream(cut).map(v -> v / length).toArray();
  }

  private static double[] mean(double[][] x) {
    var mean = new double[WIDTH];
    for (double[] row : x) {
      for (int i = 0; i < WIDTH; i++) {
        mean[i] += row[i] / x.length;
      }
    }
    return mean;
  }

  private double[][] bert(int[] tokens) {
    var x = new double[tokens.length][];
    for (int at = 0; at < tokens.length; at++) {
      double[] sum = row("token_embd.weight", tokens[at]);
      sum = plus(sum, row("token_types.weight", 0));
      x[at] = layerNorm(plus(sum, row("position_embd.weight", at)), "token_embd_norm");
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      String blk = "blk." + layer + ".";
      double[][] seen = attention(x, blk);
      for (int at = 0; at < x.length; at++) {
        double[] y = layerNorm(plus(x[at], seen[at]), blk + "attn_output_norm");
        double[] up = linear(blk + "ffn_up", y, INNER);
        double[] bent = Arrays.stream(up).map(TinyEmbedderByHand::gelu).toArray();
        x[at] =
            layerNorm(plus(y, linear(blk + "ffn_down", bent, WIDTH)), blk + "layer_output_norm");
      }
    }
    return x;
  }

  private double[][] llama(int[] tokens) {
    var x = new double[tokens.length][];
    for (int at = 0; at < tokens.length; at++) {
      x[at] = row("token_embd.weight", tokens[at]);
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      String blk = "blk." + layer + ".";
      var normed = new double[x.length][];
      for (int at = 0; at < x.length; at++) {
        normed[at] = rootNorm(x[at], blk + "attn_norm");
      }
      double[][] seen = attention(normed, blk);
      for (int at = 0; at < x.length; at++) {
        double[] y = plus(x[at], seen[at]);
        double[] in = rootNorm(y, blk + "ffn_norm");
        double[] gate = linear(blk + "ffn_gate", in, INNER);
        double[] up = linear(blk + "ffn_up", in, INNER);
        for (int i = 0; i < INNER; i++) {
          up[i] *= gate[i] / (1 + Math.exp(-gate[i]));
        }
        x[at] = plus(y, linear(blk + "ffn_down", up, WIDTH));
      }
    }
    for (int at = 0; at < x.length; at++) {
      x[at] = rootNorm(x[at], "output_norm");
    }
    return x;
  }

  private double[][] attention(double[][] x, String blk) {
    var q = new double[x.length][];
    var k = new double[x.length][];
    var v = new double[x.length][];
    for (int at = 0; at < x.length; at++) {
      q[at] = turned(linear(blk + "attn_q", x[at], WIDTH), at);
      k[at] = turned(linear(blk + "attn_k", x[at], WIDTH), at);
      v[at] = linear(blk + "attn_v", x[at], WIDTH);
    }
    var all = new double[x.length][];
    for (int at = 0; at < x.length; at++) {
      var mixed = new double[WIDTH];
      int seen = bert ? x.length : at + 1;
      for (int from = 0; from < WIDTH; from += HEAD) {
        mix(mixed, q[at], k, v, from, seen);
      }
      all[at] = linear(blk + "attn_output", mixed, WIDTH);
    }
    return all;
  }

  private static void mix(
      double[] mixed, double[] q, double[][] k, double[][] v, int from, int seen) {
    var weight = new double[seen];
    double sum = 0;
    for (int other = 0; other < seen; other++) {
      double dot = 0;
      for (int i = from; i < from + HEAD; i++) {
        dot += q[i] * k[other][i];
      }
      weight[other] = Math.exp(dot / Math.sqrt(HEAD));
      sum += weight[other];
    }
    for (int other = 0; other < seen; other++) {
      for (int i = from; i < from + HEAD; i++) {
        mixed[i] += weight[other] / sum * v[other][i];
      }
    }
  }

  /** Llama's positions turn each pair of numbers. */
  private double[] turned(double[] x, int position) {
    if (bert) {
      return x;
    }
    var y = new double[WIDTH];
    for (int i = 0; i < WIDTH; i += 2) {
      double angle = position * Math.pow(10_000, -(double) (i % HEAD) / HEAD);
      y[i] = x[i] * Math.cos(angle) - x[i + 1] * Math.sin(angle);
      y[i + 1] = x[i] * Math.sin(angle) + x[i + 1] * Math.cos(angle);
    }
    return y;
  }

  private double[] row(String name, int index) {
    float[] all = model.weights(name);
    var row = new double[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      row[i] = all[index * WIDTH + i];
    }
    return row;
  }

  private double[] linear(String name, double[] x, int size) {
    float[] weight = model.weights(name + ".weight");
    float[] bias = model.weights(name + ".bias");
    var y = new double[size];
    for (int to = 0; to < size; to++) {
      y[to] = bias.length == 0 ? 0 : bias[to];
      for (int i = 0; i < x.length; i++) {
        y[to] += weight[to * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[] plus(double[] a, double[] b) {
    var sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  private double[] layerNorm(double[] x, String name) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double spread = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(spread + EPSILON) * model.weights(name + ".weight")[i];
      y[i] += model.weights(name + ".bias")[i];
    }
    return y;
  }

  private double[] rootNorm(double[] x, String name) {
    double square = Arrays.stream(x).map(v -> v * v).average().orElseThrow();
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.sqrt(square + EPSILON) * model.weights(name + ".weight")[i];
    }
    return y;
  }

  /** As ggml has it for BERT: with the hyperbolic tangent. */
  private static double gelu(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }
}
