package tayyar.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of those who administer, in the database; of each secret its SHA-256 alone. Blocks.
 * Thread-safe. All methods throw {@link AccountException} with a sentence.
 */
public final class AdminTokens {
  private static final int SECRET_BYTES = 24;
  private static final int HINT_CHARS = 4;
  private static final String PREFIX = "tat-";

  private final Sql sql;
  private final InstantSource clock;

  /**
   * Tokens of this database.
   *
   * @param who makes and revokes them, for the audit log
   */
  public AdminTokens(DataSource dataSource, String who) {
    this.sql = new Sql(dataSource, who);
    this.clock = InstantSource.system();
  }

  /** What a token may do; each may do all that those behind it may. */
  public enum Role {
    /** Everything. */
    OWNER,
    /** Reads all, and changes balances, prices and plans. */
    BILLING,
    /** Reads all. */
    READ_ONLY;

    /** As the database and people write it: {@code read-only}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it may do what another one may. */
    public boolean covers(Role other) {
      return compareTo(other) <= 0;
    }

    /** The role that is written so. */
    public static Role of(String word) {
      for (Role each : values()) {
        if (each.word().equals(word)) {
          return each;
        }
      }
      throw new AccountException("'" + word + "' is no role; write owner, billing or read-only.");
    }
  }

  /**
   * A token, without its secret.
   *
   * @param hint its form in lists: {@code tat-...f3c7}
   * @param revoked since when it is void, or null
   */
  public record Token(
      String id, String name, String hint, Role role, Instant created, @Nullable Instant revoked) {}

  /**
   * A new token with its secret, which can't be had again.
   *
   * @param secret what clients send; never to be stored or logged
   */
  public record Issued(Token token, String secret) {
    @Override
    public String toString() {
      return "Issued[" + token + "]";
    }
  }

  /**
   * Makes a token.
   *
   * @param name for people, not empty
   */
  public Issued create(String name, Role role) {
    Rules.named(name);
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    String secret = PREFIX + HexFormat.of().formatHex(bytes);
    String id = Rules.newId("adm_");
    sql.write(
        "INSERT INTO admin_tokens VALUES (?, ?, ?, ?, ?, ?, NULL)",
        id,
        name,
        PREFIX + "..." + secret.substring(secret.length() - HINT_CHARS),
        hash(secret),
        role.word(),
        clock.millis());
    return new Issued(token(id), secret);
  }

  /** Makes the first token, an owner's; null where there has been one. */
  public @Nullable Issued first() {
    return list().isEmpty() ? create("first", Role.OWNER) : null;
  }

  /** All of them, the oldest first. */
  public List<Token> list() {
    return sql.list("SELECT * FROM admin_tokens ORDER BY created_ms, rowid", AdminTokens::token);
  }

  /** The token with this id or, where one alone has it, this name. */
  public Token token(String which) {
    List<Token> fit = list().stream().filter(each -> each.id().equals(which)).toList();
    if (fit.isEmpty()) {
      fit = list().stream().filter(each -> each.name().equals(which)).toList();
    }
    if (fit.size() > 1) {
      throw new AccountException("'" + which + "' fits " + fit.size() + " tokens; use an id.");
    }
    return Rules.found(fit.isEmpty() ? null : fit.getFirst(), "admin token", which);
  }

  /** Makes a token void, for ever; what was revoked before stays so. */
  public Token revoke(String which) {
    String id = token(which).id();
    sql.write(
        "UPDATE admin_tokens SET revoked_ms = coalesce(revoked_ms, ?) WHERE id = ?",
        clock.millis(),
        id);
    return token(id);
  }

  /** The token with this secret, where it is valid; else null. */
  public @Nullable Token valid(String secret) {
    return sql.first(
        "SELECT * FROM admin_tokens WHERE sha256 = ? AND revoked_ms IS NULL",
        AdminTokens::token,
        hash(secret));
  }

  private static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static Token token(ResultSet row) throws SQLException {
    return new Token(
        row.getString("id"),
        row.getString("name"),
        row.getString("hint"),
        Role.of(row.getString("role")),
        Instant.ofEpochMilli(row.getLong("created_ms")),
        Sql.instant(row, "revoked_ms"));
  }
}
