package tayyar.http;

import io.netty.channel.EventLoop;
import java.util.List;
import tayyar.api.ChatRequest;
import tayyar.api.Model;
import tayyar.api.Source;

/** What stands behind the API: the gateway's targets, or the worker's engine. */
public interface Backend {

  /** The models, as GET /v1/models lists them. */
  List<Model> models();

  /**
   * Chooses who answers. Called on the event loop that will own the stream; must not block.
   *
   * @throws tayyar.api.Refused if nobody can
   */
  Open open(ChatRequest request, String requestId, EventLoop loop);

  /**
   * An answer that has not begun.
   *
   * @param source the answer
   * @param target who gives it, for the ledger
   * @param closed called once, when the request is over
   */
  record Open(Source source, String target, Runnable closed) {}
}
