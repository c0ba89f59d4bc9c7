package tayyar.testing;

import java.time.Duration;
import tayyar.api.Bounds;

/** Bounds as tests need them: small where a test runs into one. */
public final class Gates {
  private static final Bounds USUAL = Bounds.DEFAULT;

  private Gates() {}

  /** A small bound for bodies. */
  public static Bounds body(int bodyBytesMax) {
    return bounds(bodyBytesMax, USUAL.eventBytesMax(), Waits.USUAL);
  }

  /** Other waits. */
  public static Bounds waits(Waits waits) {
    return bounds(USUAL.bodyBytesMax(), USUAL.eventBytesMax(), waits);
  }

  /** Another wait for a worker that restarts. */
  public static Bounds workerWait(Duration most) {
    return bounds(USUAL.bodyBytesMax(), USUAL.eventBytesMax(), Waits.USUAL, most);
  }

  /**
   * How long is waited for what.
   *
   * @see Bounds
   */
  public record Waits(
      Duration requestRead,
      Duration headHold,
      Duration keepAlive,
      Duration firstToken,
      Duration betweenTokens,
      Duration total,
      Duration clientStall,
      Duration drain) {
    /** What an operator gets who says nothing. */
    public static final Waits USUAL =
        new Waits(
            Gates.USUAL.requestRead(),
            Gates.USUAL.headHold(),
            Gates.USUAL.keepAlive(),
            Gates.USUAL.firstToken(),
            Gates.USUAL.betweenTokens(),
            Gates.USUAL.total(),
            Gates.USUAL.clientStall(),
            Gates.USUAL.drain());
  }

  private static Bounds bounds(int bodyBytesMax, int eventBytesMax, Waits waits) {
    return bounds(bodyBytesMax, eventBytesMax, waits, USUAL.workerWait());
  }

  private static Bounds bounds(
      int bodyBytesMax, int eventBytesMax, Waits waits, Duration workerWait) {
    return new Bounds(
        bodyBytesMax,
        USUAL.headerBytesMax(),
        USUAL.requestLineBytesMax(),
        eventBytesMax,
        USUAL.connectionsMax(),
        USUAL.streamsMax(),
        USUAL.messagesMax(),
        USUAL.inputsMax(),
        USUAL.inputBytesMax(),
        USUAL.mergeBytesMax(),
        USUAL.wholeBytesMax(),
        USUAL.memoryBytesMax(),
        waits.requestRead(),
        USUAL.idle(),
        waits.headHold(),
        waits.keepAlive(),
        waits.firstToken(),
        waits.betweenTokens(),
        waits.total(),
        waits.clientStall(),
        waits.drain(),
        USUAL.connect(),
        workerWait);
  }
}
