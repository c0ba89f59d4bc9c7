package tayyar.ledger;

import org.jspecify.annotations.Nullable;

/** Texts of requests, as the ledger keeps them. */
final class Texts {
  private Texts() {}

  /**
   * A text that every database takes. What a client wrote may have the character 0, which
   * PostgreSQL refuses, with all rows of the same transaction; and NULL stands for an empty one.
   */
  static @Nullable String kept(String text) {
    return text.isEmpty() ? null : text.replace('\0', '\uFFFD');
  }
}
