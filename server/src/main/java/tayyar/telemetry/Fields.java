package tayyar.telemetry;

/** Takes the fields of a log line, in their order. */
interface Fields {
  /** Some words. */
  void text(FieldName name, String value);

  /** A whole number. */
  void number(FieldName name, long value);

  /** Yes or no. */
  void flag(FieldName name, boolean value);

  /** A time, written in milliseconds with up to three decimals. */
  void millis(FieldName name, long micros);
}
