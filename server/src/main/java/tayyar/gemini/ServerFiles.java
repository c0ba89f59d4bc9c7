package tayyar.gemini;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.api.Refused;

/**
 * What is stored at a server, in the account of its operator.
 *
 * @param host the server's, in small letters
 * @param open whether its operator lets requests name that
 */
record ServerFiles(String host, boolean open) {
  /** Google's own hosts. */
  private static final Pattern STORED = Pattern.compile("(.*\\.)?(googleapis|google)\\.com");

  /**
   * Whether what is at an address is stored there.
   *
   * @throws Refused where it is, or may be, and is not to be named
   */
  boolean has(String url, String where) {
    String its = host(url);
    boolean stored = !its.isEmpty() && (its.equals(host) || STORED.matcher(its).matches());
    if (stored) {
      check(where);
    }
    return stored;
  }

  /**
   * Asks whether something may be named that surely is stored there.
   *
   * @throws Refused where it may not
   */
  void check(String where) {
    if (!open) {
      throw new Refused(new ApiError.OfDialect(new DialectFault.AccountFile(where)));
    }
  }

  /** Returns the host of an address, in small letters; empty where it has none, or a user. */
  static String host(String url) {
    try {
      var address = new URI(url);
      String host = address.getHost();
      return host == null || address.getRawUserInfo() != null
          ? ""
          : host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    } catch (URISyntaxException e) {
      return "";
    }
  }
}
