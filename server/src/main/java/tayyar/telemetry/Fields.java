package tayyar.telemetry;

/** Takes the fields of a log line, in their order. */
interface Fields {
  /** Some words. */
  void text(String name, String value);

  /** A whole number. */
  void number(String name, long value);

  /** Yes or no. */
  void flag(String name, boolean value);

  /** A time, written in milliseconds with up to three decimals. */
  void millis(String name, long micros);
}
