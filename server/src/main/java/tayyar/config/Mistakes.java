package tayyar.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Supplier;

/** The mistakes of a configuration, gathered while the rest of it is read. */
final class Mistakes {
  /** The most that are told; a file with more is no configuration. */
  private static final int MOST = 50;

  private final SequencedSet<String> sentences = new LinkedHashSet<>();

  void add(ConfigException mistake) {
    if (sentences.size() < MOST) {
      sentences.addAll(mistake.mistakes());
    }
  }

  /** A value, or another one and a mistake. */
  <T> T or(T otherwise, Supplier<T> value) {
    try {
      return value.get();
    } catch (ConfigException e) {
      add(e);
      return otherwise;
    }
  }

  /**
   * Ends the reading.
   *
   * @throws ConfigException with all that there were
   */
  void check() {
    if (!sentences.isEmpty()) {
      throw new ConfigException(List.copyOf(sentences));
    }
  }
}
