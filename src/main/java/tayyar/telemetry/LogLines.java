package tayyar.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;
import tayyar.api.JsonText;

/**
 * Writes a log event as one line: a flat JSON object, numbers as numbers, or plain text for
 * terminals. Logback's own JSON puts each key and value into an object of its own, as strings.
 */
final class LogLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  /** Apart, because making it takes longer than the rest of this class and JSON needs none. */
  private static final class Clock {
    static final DateTimeFormatter FORM =
        DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  }

  private final boolean text;

  LogLines(boolean text) {
    this.text = text;
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return text ? text(event).getBytes(StandardCharsets.UTF_8) : json(event);
  }

  private static byte[] json(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    line.write('{');
    string(line, "time", event.getInstant().toString());
    string(line, ",", "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    string(line, ",", "logger", event.getLoggerName());
    string(line, ",", "message", event.getFormattedMessage());
    for (KeyValuePair pair : pairs(event)) {
      value(line, pair);
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      string(line, ",", "exception", ThrowableProxyUtil.asString(thrown));
    }
    line.write('}');
    line.write('\n');
    return line.toByteArray();
  }

  private static void value(ByteArrayOutputStream line, KeyValuePair pair) {
    // No switch over types: its first use takes longer than the rest of the first line.
    boolean bare =
        pair.value instanceof Boolean
            || (pair.value instanceof Number number && Double.isFinite(number.doubleValue()));
    if (bare) {
      raw(line, ",\"");
      line.writeBytes(JsonText.escape(pair.key));
      raw(line, "\":" + pair.value);
    } else {
      string(line, ",", pair.key, String.valueOf(pair.value));
    }
  }

  private static void string(ByteArrayOutputStream line, String key, String value) {
    string(line, "", key, value);
  }

  private static void string(ByteArrayOutputStream line, String before, String key, String value) {
    raw(line, before);
    line.write('"');
    line.writeBytes(JsonText.escape(key));
    raw(line, "\":\"");
    line.writeBytes(JsonText.escape(value));
    line.write('"');
  }

  private static void raw(ByteArrayOutputStream line, String ascii) {
    line.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    Clock.FORM.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append(String.format(Locale.ROOT, "%-5s", event.getLevel())).append(' ');
    line.append(printable(event.getFormattedMessage()));
    for (KeyValuePair pair : pairs(event)) {
      line.append("  ").append(pair.key).append('=');
      line.append(printable(String.valueOf(pair.value)));
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    line.append('\n');
    return thrown == null ? line.toString() : line + ThrowableProxyUtil.asString(thrown) + '\n';
  }

  /** What comes from outside must not move the cursor or begin a new line. */
  private static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    return Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
  }
}
