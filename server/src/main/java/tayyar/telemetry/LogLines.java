package tayyar.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;

/**
 * Writes a log event as one line: a flat JSON object, numbers as numbers, or plain text for
 * terminals. Logback's own JSON puts each key and value into an object of its own, as strings.
 */
final class LogLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};
  private static final FieldName TIME = new FieldName("time");
  private static final FieldName LEVEL = new FieldName("level");
  private static final FieldName LOGGER = new FieldName("logger");
  private static final FieldName MESSAGE = new FieldName("message");
  private static final FieldName EXCEPTION = new FieldName("exception");

  /** A class of its own because its start is slow and JSON does not need it. */
  private static final class Clock {
    static final DateTimeFormatter FORM =
        DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  }

  private final boolean text;

  LogLines(boolean text) {
    this.text = text;
  }

  boolean isJson() {
    return !text;
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
    JsonLine line = new JsonLine().begin();
    head(
        line,
        event.getInstant().toString(),
        event.getLevel().toString().toLowerCase(Locale.ROOT),
        event.getLoggerName(),
        event.getFormattedMessage());
    for (KeyValuePair pair : pairs(event)) {
      value(line, pair);
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.text(EXCEPTION, ThrowableProxyUtil.asString(thrown));
    }
    line.end();
    return Arrays.copyOf(line.bytes(), line.size());
  }

  /** The fields at the beginning of each line. */
  static void head(JsonLine line, String time, String level, String logger, String message) {
    line.text(TIME, time);
    line.text(LEVEL, level);
    line.text(LOGGER, logger);
    line.text(MESSAGE, message);
  }

  private static void value(JsonLine line, KeyValuePair pair) {
    // No switch over types: its first use takes longer than the rest of the first line.
    boolean bare =
        pair.value instanceof Boolean
            || (pair.value instanceof Number number && Double.isFinite(number.doubleValue()));
    String value = String.valueOf(pair.value);
    FieldName name = new FieldName(pair.key);
    if (bare) {
      line.bare(name, value);
    } else {
      line.text(name, value);
    }
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

  /** Escapes control characters: text from outside must not move the cursor or begin a new line. */
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
