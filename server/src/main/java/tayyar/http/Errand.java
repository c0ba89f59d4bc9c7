package tayyar.http;

import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.process.Vital;

/**
 * A request that a virtual thread of its own answers once the body is whole. The answer comes back
 * to the event loop, and the body's memory is then given back.
 */
final class Errand implements Asked, Room {
  private static final Logger LOG = LoggerFactory.getLogger(Errand.class);

  /** Enough for each page and command. */
  private static final int BODY_BYTES_MAX = 64 * 1024;

  private final Exchange exchange;
  private final Route.Blocking handler;
  private final Room room;
  private long taken;

  Errand(Exchange exchange, Route.Blocking handler, Room room) {
    this.exchange = exchange;
    this.handler = handler;
    this.room = room;
  }

  @Override
  public boolean take(long bytes) {
    boolean there = room.take(bytes);
    taken += there ? bytes : 0;
    return there;
  }

  @Override
  public void give(long bytes) {
    taken -= bytes;
    room.give(bytes);
  }

  @Override
  public Room room() {
    return this;
  }

  @Override
  public int bodyBytesMax() {
    return BODY_BYTES_MAX;
  }

  @Override
  public void body(byte[] bytes) {
    Thread.ofVirtual().name("errand").start(() -> run(new Question(exchange, bytes, this)));
  }

  @Override
  public void dropped() {
    give(taken);
  }

  private void run(Question question) {
    Document document = answer(question);
    try {
      exchange.loop().execute(() -> tell(document));
    } catch (RejectedExecutionException e) {
      // The server has stopped, and its connections with it.
      dropped();
    }
  }

  private Document answer(Question question) {
    try {
      return handler.answer(question);
    } catch (Refused e) {
      return Document.of(e.error(), exchange.reply().dialect());
    } catch (Throwable e) {
      Vital.check(e);
      LOG.atError().setCause(e).addKeyValue("request_id", exchange.requestId()).log("a bug");
      return Document.of(new ApiError.Internal(), exchange.reply().dialect());
    }
  }

  private void tell(Document document) {
    dropped();
    exchange.reply().document(document);
  }
}
