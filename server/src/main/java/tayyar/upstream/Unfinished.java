package tayyar.upstream;

import java.io.ByteArrayOutputStream;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Endpoint;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.dialect.Continuing;

/**
 * The answer so far, kept so that another target can continue it: it gets the same request, with
 * the text as the beginning of the assistant's message. Only plain text of one choice can be
 * continued. Thinking, tool calls and output held to a grammar can't, because the next target would
 * begin them anew. Used on one event loop.
 */
final class Unfinished {
  /** The longest text that is kept; a longer answer can't be continued. */
  private static final int TEXT_BYTES_MAX = 256 * 1024;

  private static final int ROOM_STEP_BYTES = 1024;

  /** The features of requests whose answers can be continued. */
  private static final Set<Feature> KEEPS =
      EnumSet.of(
          Feature.TOOLS, Feature.MEDIA, Feature.LOGPROBS, Feature.LOGIT_BIAS, Feature.CONTINUE);

  private final Continuing continuing;
  private final InferenceRequest request;
  private final Room room;
  private ByteArrayOutputStream text = new ByteArrayOutputStream(0);
  private InferenceRequest rest;
  private boolean continuable;
  private int taken;

  // The tries that broke off.
  private boolean broken;
  private boolean exact = true;
  private int prompt = -1;
  private int tokens;

  // The current try.
  private int deltas;
  private @Nullable Usage given;

  /**
   * Creates the state of an answer that has not begun.
   *
   * @param allowed whether the model's answers may be continued
   * @param room the memory for the text; where there is none left, the answer can't be continued
   */
  Unfinished(Continuing continuing, InferenceRequest request, boolean allowed, Room room) {
    this.continuing = continuing;
    this.request = request;
    this.room = room;
    this.rest = request;
    this.continuable =
        allowed && request.endpoint() == Endpoint.CHAT && KEEPS.containsAll(request.features());
  }

  /** Returns the request for the next target. */
  InferenceRequest rest() {
    return rest;
  }

  void delta(int choice, Kind kind, byte[] json, int from, int to) {
    deltas++;
    if (continuable) {
      if (choice == 0 && kind == Kind.CONTENT && hasRoom(to - from)) {
        text.write(json, from, to - from);
      } else {
        giveUp();
      }
    }
  }

  /** Whether there is room for more text. Room is taken in steps, not for each delta. */
  private boolean hasRoom(int more) {
    int needed = text.size() + more;
    if (needed > TEXT_BYTES_MAX) {
      return false;
    }
    if (needed <= taken) {
      return true;
    }
    int step = Math.max(ROOM_STEP_BYTES, needed);
    boolean there = room.take(step);
    taken += there ? step : 0;
    return there;
  }

  /** Drops the text; the answer will not be continued. */
  private void giveUp() {
    continuable = false;
    text = new ByteArrayOutputStream(0);
    room.give(taken);
    taken = 0;
  }

  /** Notes a part that no target can continue. */
  void unspoken() {
    deltas++;
    giveUp();
  }

  /**
   * Ends the current try, which broke off.
   *
   * @return whether another target can be asked for {@link #rest()}
   */
  boolean brokeOff() {
    if (!continuable) {
      return false;
    }
    count();
    InferenceRequest goesOn = continuing.rest(request, text.toByteArray(), tokens);
    rest = goesOn == null ? rest : goesOn;
    return goesOn != null;
  }

  /**
   * Counts the tokens of the try that broke off. Usage that is lower than the number of deltas is
   * replaced by that number.
   */
  private void count() {
    if (given != null && given.promptTokens() > 0 && !broken) {
      prompt = given.promptTokens();
    }
    if (given != null && given.completionTokens() >= deltas) {
      tokens += given.completionTokens();
    } else {
      exact &= deltas == 0;
      tokens += deltas;
    }
    broken = true;
    given = null;
    deltas = 0;
  }

  /** Whether the answer has reached its limit of tokens. */
  boolean isFull() {
    Integer most = request.sampling().maxTokens();
    return most != null && tokens >= most;
  }

  /**
   * Returns the tokens of the whole answer, given the last try's own. The prompt is the first
   * try's; for the others the answer so far is prompt as well.
   */
  Usage usage(Usage its) {
    given = its;
    if (!broken) {
      return its;
    }
    int asked = prompt >= 0 ? prompt : Math.max(0, its.promptTokens() - tokens);
    boolean untold = its.completionTokens() == 0 && deltas > 0;
    int written = untold ? deltas : its.completionTokens();
    boolean estimated = its.estimated() || !exact || prompt < 0 || untold;
    return its.counted(asked, tokens + written, estimated);
  }

  /**
   * Returns the tokens of an answer in several pieces whose last try gave none; null for all
   * others.
   */
  @Nullable Usage untold() {
    if (!broken || given != null) {
      return null;
    }
    int asked = prompt >= 0 ? prompt : (request.promptBytes() + 3) / 4;
    return new Usage(asked, tokens + deltas, 0, !exact || prompt < 0 || deltas > 0);
  }
}
