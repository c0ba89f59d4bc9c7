package tayyar.api;

import java.util.Locale;

/**
 * Limits and those whom they hold: all requests of one key, project or organisation. A plan's hold
 * each of its organisations by itself.
 *
 * @param name the key's, project's, organisation's or plan's
 * @param holder the id of the key, project or organisation whose requests count
 */
public record Scope(Level level, String name, String holder, Limits limits) {
  /** The levels, from the narrowest. */
  public enum Level {
    /** One key. */
    KEY("key"),
    /** A project's keys. */
    PROJECT("project"),
    /** An organisation's projects. */
    ORGANISATION("organisation"),
    /** An organisation's projects, by its plan. */
    PLAN("plan");

    private final String word;

    Level(String word) {
      this.word = word;
    }

    /**
     * The level of this name.
     *
     * @throws IllegalArgumentException where there is none
     */
    public static Level of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Its name for people and for JSON. */
    public String word() {
      return word;
    }
  }

  /** Returns whose limit it is, as an error tells it. */
  String whose() {
    return level == Level.KEY
        ? "This key's limit"
        : "The limit of the " + level.word + " '" + Clip.marked(100, name) + "'";
  }
}
