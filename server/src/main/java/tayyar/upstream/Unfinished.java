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
import tayyar.dialect.TargetDialect;

/**
 * The answer so far, kept so that another target can go on with it: the same request with the text
 * as the beginning of the assistant's message. Only plain text of one choice can go on; thinking,
 * tool calls and output held to a grammar can't, for the next target would begin them anew. Used on
 * one event loop.
 */
final class Unfinished {
  /** Of an answer longer than this nothing is kept, and it can't be gone on with. */
  private static final int TEXT_BYTES_MAX = 256 * 1024;

  private static final int ROOM_STEP_BYTES = 1024;

  /** What a request may ask for and still be continued. */
  private static final Set<Feature> KEEPS =
      EnumSet.of(
          Feature.TOOLS, Feature.MEDIA, Feature.LOGPROBS, Feature.LOGIT_BIAS, Feature.CONTINUE);

  private final TargetDialect dialect;
  private final InferenceRequest request;
  private final Room room;
  private ByteArrayOutputStream text = new ByteArrayOutputStream(0);
  private InferenceRequest rest;
  private boolean continuable;
  private int taken;

  // Of the tries that broke off.
  private boolean broken;
  private boolean exact = true;
  private int prompt = -1;
  private int tokens;

  // Of the try under way.
  private int deltas;
  private @Nullable Usage given;

  /**
   * Nothing has been said yet.
   *
   * @param allowed whether the model's answers may be continued
   * @param room what the text is kept in; where there is none, nobody can go on
   */
  Unfinished(TargetDialect dialect, InferenceRequest request, boolean allowed, Room room) {
    this.dialect = dialect;
    this.request = request;
    this.room = room;
    this.rest = request;
    this.continuable =
        allowed && request.endpoint() == Endpoint.CHAT && KEEPS.containsAll(request.features());
  }

  /** What the next target is to be asked. */
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

  /** Room is taken a step ahead, so that not each delta asks for it. */
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

  /** Nobody will go on with the answer: it need not be kept. */
  private void giveUp() {
    continuable = false;
    text = new ByteArrayOutputStream(0);
    room.give(taken);
    taken = 0;
  }

  /** The answer has something that nobody can go on with. */
  void unspoken() {
    deltas++;
    giveUp();
  }

  /**
   * The try under way broke off.
   *
   * @return whether {@link #rest()} can be asked of another target
   */
  boolean brokeOff() {
    if (!continuable) {
      return false;
    }
    count();
    InferenceRequest goesOn = dialect.continued(request, text.toByteArray(), tokens);
    rest = goesOn == null ? rest : goesOn;
    return goesOn != null;
  }

  /**
   * Servers that tell usage as they go have at least a token for each delta; others are guessed.
   */
  private void count() {
    if (given != null && given.completionTokens() >= deltas) {
      prompt = broken ? prompt : given.promptTokens();
      tokens += given.completionTokens();
    } else {
      exact &= deltas == 0;
      tokens += deltas;
    }
    broken = true;
    given = null;
    deltas = 0;
  }

  /** Whether the answer has all the tokens it was allowed to have. */
  boolean isFull() {
    Integer most = request.sampling().maxTokens();
    return most != null && tokens >= most;
  }

  /**
   * The tokens of the whole answer, where a try has told its own: the prompt is the first one's,
   * for to the others the answer so far is prompt as well.
   */
  Usage usage(Usage its) {
    given = its;
    if (!broken) {
      return its;
    }
    int asked = prompt >= 0 ? prompt : Math.max(0, its.promptTokens() - tokens);
    int cached = Math.min(its.cachedTokens(), asked);
    boolean untold = its.completionTokens() == 0 && deltas > 0;
    int written = untold ? deltas : its.completionTokens();
    boolean estimated = its.estimated() || !exact || prompt < 0 || untold;
    return new Usage(asked, tokens + written, cached, estimated, its.details());
  }

  /** The tokens of an answer in several pieces whose last try told none; null for all others. */
  @Nullable Usage untold() {
    if (!broken || given != null) {
      return null;
    }
    int asked = prompt >= 0 ? prompt : (request.promptBytes() + 3) / 4;
    return new Usage(asked, tokens + deltas, 0, !exact || prompt < 0 || deltas > 0);
  }
}
