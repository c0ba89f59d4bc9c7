package tayyar.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a content by a hash of its bytes (RFC 9110, section 8.8.3).
 *
 * @param opaque the text between the quotes
 */
record EntityTag(String opaque) {
  private static final int BYTES = 16;
  private static final Pattern ENTRY =
      Pattern.compile("\\G[ \t,]*+(?:W/)?\"([!#-~\\x80-\\xff]*+)\"[ \t]*+(?=,|$)");

  static EntityTag of(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return new EntityTag(HexFormat.of().formatHex(hash, 0, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JDK has SHA-256", e);
    }
  }

  /**
   * Whether these {@code If-None-Match} fields match this content: one is {@code *} or names this
   * tag. Weak and strong tags are the same here (RFC 9110, section 13.1.2); the rest of a malformed
   * field is ignored.
   */
  boolean isNamedBy(List<String> fields) {
    return fields.stream().anyMatch(this::isNamedBy);
  }

  private boolean isNamedBy(String field) {
    if (field.strip().equals("*")) {
      return true;
    }
    Matcher entry = ENTRY.matcher(field);
    while (entry.find()) {
      if (entry.group(1).equals(opaque)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return '"' + opaque + '"';
  }
}
