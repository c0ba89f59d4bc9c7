package tayyar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate for 127.0.0.1 that is its own authority, and the servers' side of TLS with it. */
final class OwnCertificate {
  private static final String PASSWORD = "changeit";

  private final Path pem;
  private final KeyManagerFactory keys;

  private OwnCertificate(Path pem, KeyManagerFactory keys) {
    this.pem = pem;
    this.keys = keys;
  }

  /** Makes one, good for two days. */
  static OwnCertificate in(Path folder) throws IOException {
    Path store = folder.resolve("own.p12");
    keytool(store);
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore loaded = KeyStore.getInstance("PKCS12");
      loaded.load(in, PASSWORD.toCharArray());
      byte[] der = loaded.getCertificate("own").getEncoded();
      String text = Base64.getMimeEncoder().encodeToString(der);
      Path pem = folder.resolve("own.pem");
      Files.writeString(
          pem, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
      var factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(loaded, PASSWORD.toCharArray());
      return new OwnCertificate(pem, factory);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static void keytool(Path store) throws IOException {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command =
        List.of(
            (keytool + " -genkeypair -alias own -keyalg EC -dname CN=own -validity 2")
                .concat(" -ext bc:c=ca:true -ext san=ip:127.0.0.1 -storetype PKCS12 -storepass ")
                .concat(PASSWORD + " -keystore " + store)
                .split(" "));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Its file. */
  Path pem() {
    return pem;
  }

  /** For a server of Java's. */
  SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** For a server of Netty's that speaks these protocols. */
  SslContext context(String... protocols) throws IOException {
    return SslContextBuilder.forServer(keys)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                protocols))
        .build();
  }
}
