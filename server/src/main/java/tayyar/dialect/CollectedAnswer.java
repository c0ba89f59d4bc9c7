package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;

/** An answer as one JSON document, collected from the same deltas a stream is made of. */
public final class CollectedAnswer implements Answer {
  /** The end of one choice. */
  public record Finish(int choice, FinishReason reason) {}

  /**
   * All that an answer has.
   *
   * @param model the answering model
   * @param held its parts
   * @param finishes the ends of its choices, in the order in which they came
   * @param cost null where the client has not asked for it
   */
  public record Collected(
      String model, Held held, List<Finish> finishes, Usage usage, @Nullable Cost cost) {}

  /** Writes the document in an API language. */
  @FunctionalInterface
  public interface Form {
    /**
     * Writes all of it.
     *
     * @throws Refused where the answer can't be told in this language
     */
    void write(ByteBuf out, Collected answer);
  }

  private final Reply reply;
  private final Form form;
  private final int bytesMax;
  private final Held held;
  private final List<Finish> finishes = new ArrayList<>(1);
  private String model;
  private boolean headOut;
  private @Nullable Cost cost;

  /**
   * Creates an empty answer.
   *
   * @param model the name of the model that answers, unless {@link #model} says another
   * @param bytesMax above which the answer fails
   * @param room the memory for it
   */
  public CollectedAnswer(Reply reply, Form form, String model, int bytesMax, Room room) {
    this.reply = reply;
    this.form = form;
    this.model = model;
    this.bytesMax = bytesMax;
    this.held = new Held(room::need);
  }

  @Override
  public void model(String name) {
    model = name;
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    makeRoom(to - from);
    held.append(choice, kind, json, from, to);
  }

  @Override
  public void part(int choice, Part part) {
    switch (part) {
      case ToolCall piece -> {
        makeRoom(piece.arguments().length + piece.more().length);
        held.append(choice, piece);
      }
      case Part.Logprobs(Kind of, byte[] entries) -> {
        makeRoom(entries.length);
        held.logprobs(choice, of, entries);
      }
      case Part.Member member -> {
        makeRoom(member.json().length);
        held.append(choice, member);
      }
      case Part.Native its -> {
        makeRoom(its.json().length);
        held.append(choice, its);
      }
      case Part.Vector _ -> throw new IllegalStateException("no vector was asked for");
    }
  }

  private void makeRoom(int more) {
    if (held.bytes() + more > bytesMax) {
      throw new Refused(new ApiError.UnreadableAnswer("it is larger than " + bytesMax + " bytes."));
    }
  }

  @Override
  public void finish(int choice, FinishReason reason) {
    finishes.add(new Finish(choice, reason));
  }

  @Override
  public boolean headOut() {
    return headOut;
  }

  @Override
  public void cost(Usage of, Cost its) {
    cost = its;
  }

  @Override
  public Future<Void> complete(Usage usage) {
    ByteBuf out = reply.events();
    try {
      form.write(out, new Collected(model, held, finishes, usage, cost));
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
    headOut = true;
    return reply.whole(out);
  }

  @Override
  public Future<Void> fail(ApiError error) {
    headOut = true;
    return reply.error(error);
  }
}
