package tayyar.config;

/**
 * Settings of metrics, access log and traces.
 *
 * @param metrics whether each request is counted
 * @param accessLog whether each request has a line in the log
 * @param otlp address of an OpenTelemetry collector, or empty; the environment's variables win
 */
public record Seen(boolean metrics, boolean accessLog, String otlp) {
  static Seen read(Section section) {
    boolean metrics = section.value("metrics", true, Text::yesOrNo);
    boolean accessLog = section.value("accessLog", true, Text::yesOrNo);
    String otlp = section.value("otlp", "", Seen::address);
    section.done();
    return new Seen(metrics, accessLog, otlp);
  }

  private static String address(String name, String text) {
    if (!text.matches("https?://[^/\\s]+[^\\s]*")) {
      throw new ConfigException(
          "'" + name + "' is '" + text + "'; write an address such as http://127.0.0.1:4318");
    }
    return text;
  }
}
