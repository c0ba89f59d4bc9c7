package tayyar.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a certificate by the name that the client asks for (SNI, RFC 6066): one for this very
 * name, else one for all names of its domain, else the first. Where several are for the name, the
 * client's kinds of key decide. Immutable.
 */
final class ByName extends X509ExtendedKeyManager {
  private final List<Identity> all;

  /**
   * Of these.
   *
   * @param all at least one
   */
  ByName(List<Identity> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String kind, Principal @Nullable [] issuers, SSLEngine engine) {
    return engine.getHandshakeSession() instanceof ExtendedSSLSession session
        ? alias(kind, name(session.getRequestedServerNames()))
        : alias(kind, "");
  }

  private static String name(List<SNIServerName> asked) {
    for (SNIServerName each : asked) {
      if (each instanceof SNIHostName host) {
        return host.getAsciiName().toLowerCase(Locale.ROOT);
      }
    }
    return "";
  }

  /** The place of the identity to show, as a text; null where none of this kind is for the name. */
  @Nullable String alias(String kind, String name) {
    int dot = name.indexOf('.');
    String domain = dot < 0 ? name : "*" + name.substring(dot);
    List<Identity> those = those(its -> its.names().contains(name));
    if (those.isEmpty()) {
      those = those(its -> its.names().contains(domain));
    }
    if (those.isEmpty()) {
      those = those(its -> its.names().equals(all.getFirst().names()));
    }
    for (Identity each : those) {
      if (each.kind().equals(kind)) {
        return Integer.toString(all.indexOf(each));
      }
    }
    return null;
  }

  private List<Identity> those(Predicate<Identity> fit) {
    return all.stream().filter(fit).toList();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return all.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return all.get(Integer.parseInt(alias)).key();
  }

  @Override
  public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String kind, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] kinds, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String kind, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
