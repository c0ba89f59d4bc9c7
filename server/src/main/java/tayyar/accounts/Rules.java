package tayyar.accounts;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Names;
import tayyar.api.Network;
import tayyar.api.RuleException.Why;

/** Rules that several tables have: of names, of ids, of what must be there once. */
final class Rules {
  private static final int LIST_MAX = 100;
  private static final int ID_CHARS = 12;
  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Rules() {}

  static void named(String name) {
    boolean lines = name.codePoints().anyMatch(c -> c < ' ' || Names.isHalf(c));
    if (name.isBlank() || name.length() > Names.CHARS_MAX || lines) {
      throw new AccountException("A name has 1 to 100 characters on one line.");
    }
  }

  static void noted(String note) {
    refuse(Names.flaw(note, Names.NOTE_CHARS_MAX), "A note ");
  }

  static void models(@Nullable List<String> models) {
    refuse(Names.flawOfModels(models), "");
  }

  static void model(String name) {
    refuse(Names.flawOfModel(name), "");
  }

  static void regions(@Nullable List<String> regions) {
    if (!isList(regions, region -> region.matches("[A-Za-z0-9._-]{1,64}"))) {
      throw new AccountException("Regions are 1 to 100 words such as eg.");
    }
  }

  static void networks(@Nullable List<String> networks) {
    if (!isList(networks, network -> Network.of(network) != null)) {
      throw new AccountException(
          "Networks are 1 to 100 addresses or networks such as 10.0.0.0/8 or 2001:db8::1.");
    }
  }

  private static boolean isList(@Nullable List<String> list, Predicate<String> right) {
    return list == null
        || (!list.isEmpty() && list.size() <= LIST_MAX && list.stream().allMatch(right));
  }

  private static void refuse(String flaw, String before) {
    if (!flaw.isEmpty()) {
      throw new AccountException(before + flaw);
    }
  }

  static <T> T found(@Nullable T one, String kind, String which) {
    if (one == null) {
      throw new AccountException(Why.MISSING, "There is no " + kind + " '" + which + "'.");
    }
    return one;
  }

  /** Makes what has to have a name of its own. */
  static <T> T once(String name, String kind, Supplier<T> made) {
    try {
      return made.get();
    } catch (AccountException e) {
      if (isTaken(e)) {
        throw new AccountException(
            Why.CONFLICT, "The " + kind + " '" + name + "' is there already.", e);
      }
      throw e;
    }
  }

  private static boolean isTaken(AccountException e) {
    return e.getCause() instanceof SQLException cause
        && ("23505".equals(cause.getSQLState())
            || String.valueOf(cause.getMessage()).contains("UNIQUE"));
  }

  static String newId(String prefix) {
    SecureRandom random = new SecureRandom();
    StringBuilder id = new StringBuilder(prefix);
    for (int i = 0; i < ID_CHARS; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    return id.toString();
  }
}
