package tayyar.http;

import io.netty.channel.EventLoop;
import java.util.List;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.Model;
import tayyar.api.Room;
import tayyar.api.Source;
import tayyar.api.Who;

/** What stands behind the API: the gateway's targets, or the worker's engine. */
public interface Backend {

  /** The models, as GET /v1/models lists them. */
  List<Model> models();

  /**
   * Finds who can answer; nothing is taken before the source is started. Called on the event loop
   * that will own the stream; must not block.
   *
   * @param room what of the answer has to be kept is kept in it
   * @param bill reserves for the answer
   * @throws tayyar.api.Refused if nobody can
   */
  Open open(InferenceRequest request, Who who, Room room, Bill bill, EventLoop loop);

  /**
   * Opens the bill of a request.
   *
   * @param startedAtMs when it came, milliseconds since the epoch
   */
  Bill bill(Account account, long startedAtMs);

  /**
   * An answer that has not begun.
   *
   * @param source the answer
   * @param bounds what the relay has to keep
   * @param exposesTarget whether the client may be told which target answered
   */
  record Open(Source source, Bounds bounds, boolean exposesTarget) {}
}
