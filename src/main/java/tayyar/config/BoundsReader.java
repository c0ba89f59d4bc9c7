package tayyar.config;

import java.time.Duration;
import tayyar.api.Bounds;

/** Reads {@code bounds:} and {@code deadlines:}. */
final class BoundsReader {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(24);

  private BoundsReader() {}

  static Bounds read(Section bounds, Section deadlines) {
    Bounds d = Bounds.DEFAULT;
    var read =
        new Bounds(
            bytes(bounds, "bodyBytesMax", d.bodyBytesMax()),
            bytes(bounds, "headerBytesMax", d.headerBytesMax()),
            bytes(bounds, "requestLineBytesMax", d.requestLineBytesMax()),
            bytes(bounds, "eventBytesMax", d.eventBytesMax()),
            count(bounds, "connectionsMax", d.connectionsMax()),
            count(bounds, "streamsMax", d.streamsMax()),
            count(bounds, "messagesMax", d.messagesMax()),
            count(bounds, "inputsMax", d.inputsMax()),
            bytes(bounds, "inputBytesMax", d.inputBytesMax()),
            bytes(bounds, "mergeBytesMax", d.mergeBytesMax()),
            bytes(bounds, "wholeBytesMax", d.wholeBytesMax()),
            d.memoryBytesMax(),
            time(deadlines, "requestRead", d.requestRead(), LEAST),
            time(deadlines, "idle", d.idle(), LEAST),
            time(deadlines, "headHold", d.headHold(), LEAST),
            time(deadlines, "keepAlive", d.keepAlive(), Duration.ZERO),
            time(deadlines, "firstToken", d.firstToken(), LEAST),
            time(deadlines, "betweenTokens", d.betweenTokens(), LEAST),
            time(deadlines, "total", d.total(), LEAST),
            time(deadlines, "clientStall", d.clientStall(), LEAST),
            time(deadlines, "drain", d.drain(), Duration.ZERO),
            time(deadlines, "connect", d.connect(), LEAST),
            time(deadlines, "workerWait", d.workerWait(), Duration.ZERO));
    bounds.done();
    deadlines.done();
    return read;
  }

  /** The general bounds with a model's own deadlines. */
  static Bounds answer(Section deadlines, Bounds general) {
    var connect = time(deadlines, "connect", general.connect(), LEAST);
    var first = time(deadlines, "firstToken", general.firstToken(), LEAST);
    var between = time(deadlines, "betweenTokens", general.betweenTokens(), LEAST);
    var total = time(deadlines, "total", general.total(), LEAST);
    deadlines.done();
    return general.with(first, between, total, connect);
  }

  private static int bytes(Section section, String name, int otherwise) {
    return section.value(
        name,
        otherwise,
        (key, text) -> {
          int bytes = Text.bytes(key, text);
          Text.range(key, bytes, 256, 1 << 30);
          return bytes;
        });
  }

  private static int count(Section section, String name, int otherwise) {
    return section.value(
        name,
        otherwise,
        (key, text) -> {
          int count = Text.number(key, text);
          Text.range(key, count, 1, 1_000_000);
          return count;
        });
  }

  private static Duration time(Section section, String name, Duration otherwise, Duration least) {
    return section.value(
        name,
        otherwise,
        (key, text) -> {
          Duration time = Text.time(key, text);
          if (time.compareTo(least) < 0 || time.compareTo(MOST) > 0) {
            throw new ConfigException(
                "'"
                    + key
                    + "' is "
                    + text
                    + "; it must be "
                    + (least.isZero() ? "0" : "1ms")
                    + " to 24h");
          }
          return time;
        });
  }
}
