package tayyar.config;

/**
 * A value that is never shown.
 *
 * @param value the secret itself; not blank
 */
public record Secret(String value) {
  /** Refuses an empty one. */
  public Secret {
    if (value.isBlank()) {
      throw new ConfigException("the key is empty; leave it out where none is needed");
    }
    if (!value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new ConfigException(
          "the key has characters that no HTTP header can carry; write visible"
              + " ASCII ones alone");
    }
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
