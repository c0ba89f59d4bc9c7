package tayyar.telemetry;

import org.slf4j.spi.LoggingEventBuilder;

/** The fields of an event of SLF4J. */
final class EventFields implements Fields {
  private LoggingEventBuilder event;

  EventFields(LoggingEventBuilder event) {
    this.event = event;
  }

  @Override
  public void text(FieldName name, String value) {
    event = event.addKeyValue(name.text(), value);
  }

  @Override
  public void number(FieldName name, long value) {
    event = event.addKeyValue(name.text(), value);
  }

  @Override
  public void flag(FieldName name, boolean value) {
    event = event.addKeyValue(name.text(), value);
  }

  @Override
  public void millis(FieldName name, long micros) {
    event = event.addKeyValue(name.text(), micros / 1000.0);
  }

  void log(String message) {
    event.log(message);
  }
}
