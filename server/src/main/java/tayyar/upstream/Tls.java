package tayyar.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tayyar.api.Target;
import tayyar.api.Target.Address;

/**
 * The client side of TLS, set up by the first target that needs it: the certificate must be good
 * and be the host's. Safe for use by any thread.
 */
final class Tls {
  private static final String HOST_NAME =
      "(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*";

  private final Map<String, SslContext> contexts = new ConcurrentHashMap<>();

  /** The handler of one connection. */
  static final class Records extends SslHandler {
    private Records(SSLEngine engine) {
      super(engine);
    }

    /** Whether all bytes so far were whole records. */
    boolean isAtRest() {
      return actualReadableBytes() == 0;
    }
  }

  /**
   * Creates the handler for a new connection to a target. It sends the host's name (SNI), but no
   * address.
   */
  Records records(Target target, Address.Tcp at, ByteBufAllocator buffers) {
    SSLEngine engine = of(target).newEngine(buffers, at.host(), at.port());
    if (at.host().matches(HOST_NAME)) {
      // Java sends no name without a dot by itself, but names inside a cluster have none.
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(at.host())));
      engine.setSSLParameters(parameters);
    }
    return new Records(engine);
  }

  private SslContext of(Target target) {
    Path ca = target.access().ca();
    return contexts.computeIfAbsent(Objects.toString(ca, ""), _ -> made(ca));
  }

  private static SslContext made(@Nullable Path ca) {
    try {
      var builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
      return (ca == null ? builder : builder.trustManager(ca.toFile())).build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalStateException("TLS can't be set up: " + e.getMessage(), e);
    }
  }

  /** Creates the same trust for Java's own client. */
  static SSLContext trusting(Path ca) {
    try (InputStream pem = Files.newInputStream(ca)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("ca" + trusted.size(), one);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("TLS can't be set up: " + e.getMessage(), e);
    }
  }
}
