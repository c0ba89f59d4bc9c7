package tayyar.config;

/** The circle within which cached prompts are shared, and so known to have been sent. */
public enum Sharing {
  /** Requests of the same key. */
  KEY,
  /** All requests. */
  ALL,
  /** Nobody: nothing is kept. */
  OFF;

  /** Reads one; what was a yes or no once still is. */
  static Sharing of(String name, String text) {
    return switch (text) {
      case "key", "true" -> KEY;
      case "all" -> ALL;
      case "off", "false" -> OFF;
      default ->
          throw new ConfigException("'" + name + "' is '" + text + "'; write key, all or off");
    };
  }
}
