package tayyar.telemetry;

import org.slf4j.spi.LoggingEventBuilder;

/** The fields of an event of SLF4J. */
final class EventFields implements Fields {
  private LoggingEventBuilder event;

  EventFields(LoggingEventBuilder event) {
    this.event = event;
  }

  @Override
  public void text(String name, String value) {
    event = event.addKeyValue(name, value);
  }

  @Override
  public void number(String name, long value) {
    event = event.addKeyValue(name, value);
  }

  @Override
  public void flag(String name, boolean value) {
    event = event.addKeyValue(name, value);
  }

  @Override
  public void millis(String name, long micros) {
    event = event.addKeyValue(name, micros / 1000.0);
  }

  void log(String message) {
    event.log(message);
  }
}
