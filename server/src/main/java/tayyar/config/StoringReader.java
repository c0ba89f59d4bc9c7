package tayyar.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tayyar.api.Keep;
import tayyar.api.Storing;

/** Reads how responses are stored. */
final class StoringReader {
  private static final int RESPONSES_MAX = 1_000_000;

  private StoringReader() {}

  static @Nullable Storing read(Section section) {
    boolean store = section.value("store", false, Text::yesOrNo);
    Storing usual = Storing.USUAL;
    Duration keep = section.value("keep", usual.keep(), StoringReader::time);
    int bytes = section.value("bytesMax", usual.responseBytesMax(), Text::bytes);
    int most =
        section.value("organisationMax", usual.organisationResponsesMax(), StoringReader::count);
    long mostBytes =
        section.value("organisationBytesMax", usual.organisationBytesMax(), Text::memory);
    section.done();
    return store ? new Storing(keep, bytes, most, mostBytes) : null;
  }

  private static Duration time(String name, String text) {
    Duration days = Keep.days(text);
    Duration time = days == null ? Text.time(name, text) : days;
    if (time.isZero()) {
      throw new ConfigException(
          "'" + name + "' is '" + text + "'; write a time such as 30d or 12h");
    }
    return time;
  }

  private static int count(String name, String text) {
    int count = Text.number(name, text);
    Text.range(name, count, 1, RESPONSES_MAX);
    return count;
  }
}
