package tayyar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Draws the requests, one by one, from a seed. Immutable and safe for use by any thread. */
public final class Prompts {

  /**
   * The properties that all requests share.
   *
   * @param models the models, one of which is drawn for each request
   * @param size words of a prompt, where no file gives prompts
   * @param shared words at the beginning that all prompts share
   * @param answer the longest answer, or null for no limit
   * @param script words for a simulator behind the endpoint, or empty
   * @param extra more members of the body as JSON without its braces, or empty
   * @param stream whether a stream is asked for
   * @param usage whether a stream is asked for its usage
   * @param numbered whether answers are the numbers 0, 1, 2 ..., one a token
   */
  public record Shape(
      List<String> models,
      Amount size,
      int shared,
      @Nullable Amount answer,
      String script,
      String extra,
      boolean stream,
      boolean usage,
      boolean numbered) {
    /** Refuses a shape without a model. */
    public Shape {
      models = List.copyOf(models);
      if (models.isEmpty() || models.size() > 100) {
        throw new PlanException("Name 1 to 100 models by --model.");
      }
      if (shared < 0 || shared > Amount.MOST) {
        throw new PlanException("--shared-prefix must be 0 to " + Amount.MOST + ".");
      }
    }
  }

  private static final long ODD = 0x9E3779B97F4A7C15L;
  private static final byte[] MESSAGES = ",\"messages\":".getBytes(UTF_8);
  private static final byte[] USER = "{\"role\":\"user\",\"content\":\"".getBytes(UTF_8);
  private static final byte[] USER_END = "\"}".getBytes(UTF_8);
  private static final byte[] END = "]}".getBytes(UTF_8);

  private final Shape shape;
  private final List<PromptFile.Prompt> file;
  private final long seed;
  private final Words words;
  private final byte[][] heads;
  private final byte[] script;

  /**
   * Prompts of a shape.
   *
   * @param file prompts that are used one after the other, over and over; empty for generated ones
   */
  public Prompts(Shape shape, List<PromptFile.Prompt> file, long seed) {
    this.shape = shape;
    this.file = List.copyOf(file);
    this.seed = seed;
    this.words = new Words(seed);
    this.heads = shape.models().stream().map(this::head).toArray(byte[][]::new);
    this.script = JsonString.escape(shape.script());
  }

  private byte[] head(String model) {
    StringBuilder head = new StringBuilder("{\"model\":\"");
    head.append(new String(JsonString.escape(model), UTF_8)).append('"');
    head.append(shape.stream() ? ",\"stream\":true" : "");
    head.append(
        shape.stream() && shape.usage() ? ",\"stream_options\":{\"include_usage\":true}" : "");
    head.append(shape.extra().isEmpty() ? "" : "," + shape.extra());
    return head.toString().getBytes(UTF_8);
  }

  List<String> models() {
    return shape.models();
  }

  Shape shape() {
    return shape;
  }

  boolean isNumbered() {
    return shape.numbered();
  }

  /** The number of prompts of the file; 0 where they are generated. */
  int lines() {
    return file.size();
  }

  /** A checksum that tells files apart without showing their text. */
  String fingerprint() {
    var sum = new CRC32C();
    file.forEach(prompt -> sum.update(prompt.json().getBytes(UTF_8)));
    return "%08x".formatted(sum.getValue());
  }

  DrawnRequest drawn(long number) {
    SplittableRandom random = new SplittableRandom(seed ^ (number + 1) * ODD);
    int model = models().size() == 1 ? 0 : random.nextInt(models().size());
    Amount answer = shape.answer();
    int answerTokens = answer == null ? 0 : answer.draw(random);
    if (file.isEmpty()) {
      int size = shape.size().draw(random);
      return new DrawnRequest(this, number, model, size, answerTokens, -1, random);
    }
    int line = (int) (number % file.size());
    PromptFile.Prompt prompt = file.get(line);
    int most = prompt.answerTokens() > 0 ? prompt.answerTokens() : answerTokens;
    return new DrawnRequest(this, number, model, prompt.tokens(), most, line, random);
  }

  void write(DrawnRequest drawn, ByteBuf out) {
    out.writeBytes(heads[drawn.model()]);
    if (drawn.answerTokens() > 0) {
      ascii(out, ",\"max_tokens\":" + drawn.answerTokens());
    }
    PromptFile.Prompt prompt = drawn.line() < 0 ? null : file.get(drawn.line());
    out.writeBytes(MESSAGES);
    if (prompt != null && prompt.isMessages()) {
      messages(drawn, prompt.json(), out);
    } else {
      out.writeByte('[');
      out.writeBytes(USER);
      if (prompt != null) {
        out.writeCharSequence(prompt.json(), UTF_8);
      } else {
        words.write(out, drawn.promptTokens(), shape.shared(), drawn.random());
      }
      script(drawn, out);
      out.writeBytes(USER_END);
    }
    out.writeBytes(END);
  }

  /** Writes messages as they are given; a script is one more message behind them. */
  private void messages(DrawnRequest drawn, String array, ByteBuf out) {
    out.writeCharSequence(array, UTF_8);
    out.writerIndex(out.writerIndex() - 1);
    if (script.length > 0) {
      out.writeByte(',');
      out.writeBytes(USER);
      script(drawn, out);
      out.writeBytes(USER_END);
    }
  }

  /** Writes the simulator's script, whose number of tokens wins over max_tokens. */
  private void script(DrawnRequest drawn, ByteBuf out) {
    if (script.length > 0) {
      ascii(out, " [[");
      out.writeBytes(script);
      ascii(out, drawn.answerTokens() > 0 ? " tokens=" + drawn.answerTokens() + "]]" : "]]");
    }
  }

  private static void ascii(ByteBuf out, String text) {
    out.writeCharSequence(text, US_ASCII);
  }
}
