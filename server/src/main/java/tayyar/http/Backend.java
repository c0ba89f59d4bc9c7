package tayyar.http;

import io.netty.channel.EventLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Model;
import tayyar.api.OpenRow;
import tayyar.api.Room;
import tayyar.api.Source;
import tayyar.api.Who;

/** The source of answers behind the API: the gateway's targets, or the worker's engine. */
public interface Backend {

  /** The models, as GET /v1/models lists them. */
  List<Model> models();

  /**
   * Chooses a source for the answer; it takes no place before it is started. Called on the event
   * loop that will own the stream; must not block.
   *
   * @param room the memory for the parts of the answer that have to be kept
   * @param bill reserves for the answer
   * @throws tayyar.api.Refused if no model of this name can answer
   */
  Open open(InferenceRequest request, Who who, Room room, Bill bill, EventLoop loop);

  /**
   * Chooses who tells how many tokens a request's prompt has. Called on the event loop that will
   * own the source; must not block.
   *
   * @param account on which it is asked
   * @param room the memory for what has to be kept for it
   * @return null where nobody knows it
   * @throws tayyar.api.Refused if no model of this name can answer, or the account may not use it
   */
  @Nullable Counted count(
      InferenceRequest request, Who who, Account account, Room room, EventLoop loop);

  /**
   * Opens the bill of a request.
   *
   * @param key whose it is
   * @param startedAtMs when it came, milliseconds since the epoch
   */
  Bill bill(Key key, long startedAtMs);

  /**
   * Begins the row of a request, before anything of it is answered.
   *
   * @param startedAtMs when it came, milliseconds since the epoch
   */
  OpenRow begin(String requestId, Key key, long startedAtMs);

  /**
   * An answer that has not begun, and the rules of its relay.
   *
   * @param source the answer
   * @param bounds the deadlines and bounds that the relay keeps
   * @param exposesTarget whether the client may be told which target answered
   */
  record Open(Source source, Bounds bounds, boolean exposesTarget) {}

  /**
   * A count that has not begun.
   *
   * @param source tells a usage whose prompt has the number, and then its end
   * @param afterwards to be done once, at its end
   */
  record Counted(Source source, Runnable afterwards) {}
}
