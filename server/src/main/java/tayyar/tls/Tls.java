package tayyar.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.CertificateFiles;
import tayyar.api.Room;

/**
 * The server's side of TLS 1.2 and 1.3, with the certificates of the moment. They are exchanged as
 * a whole: connections that are open keep theirs. Safe for use by any thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9325">RFC 9325</a>
 */
public final class Tls implements AutoCloseable {
  /** The protocols to agree on (ALPN, RFC 7301), the preferred one first. */
  private static final List<String> PROTOCOLS =
      List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

  /** Those with forward secrecy that authenticate what they encrypt. */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final Duration WATCH = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

  static {
    prepare();
  }

  private final ExecutorService handshakes =
      Executors.newFixedThreadPool(
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
          Thread.ofPlatform().daemon().name("handshake-", 0).factory());
  private final LongAdder failures = new LongAdder();
  private final FileWatch watch;
  private final List<String> protocols;
  private volatile Shown shown;
  private volatile boolean refused;

  /** What is shown to new connections. */
  private record Shown(List<CertificateFiles> files, List<Identity> all, SslContext context) {
    static Shown read(List<CertificateFiles> files, List<String> protocols) throws TlsException {
      List<Identity> all = new ArrayList<>();
      for (CertificateFiles each : files) {
        all.add(Identity.read(each, Instant.now()));
      }
      return new Shown(List.copyOf(files), all, context(all, protocols));
    }

    private static SslContext context(List<Identity> all, List<String> protocols)
        throws TlsException {
      try {
        return SslContextBuilder.forServer(new ByName(all))
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .ciphers(SUITES)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    protocols))
            .build();
      } catch (SSLException e) {
        throw new TlsException("TLS cannot be set up: " + e.getMessage() + ".");
      }
    }

    Instant end() {
      return all.stream().map(Identity::end).min(Instant::compareTo).orElseThrow();
    }
  }

  private Tls(List<CertificateFiles> files, List<String> protocols) throws TlsException {
    this.protocols = protocols;
    this.watch = new FileWatch(WATCH, files, () -> shown.files(), this::changed);
    this.shown = Shown.read(files, protocols);
  }

  /**
   * Reads the certificates and goes on watching their files.
   *
   * @param files at least one; the first is shown to clients that name nobody we know
   * @param http2 whether clients may speak HTTP/2
   * @throws TlsException with a sentence, if one cannot be used
   */
  public static Tls start(List<CertificateFiles> files, boolean http2) throws TlsException {
    Tls tls = new Tls(files, http2 ? PROTOCOLS : PROTOCOLS.subList(1, 2));
    tls.watch.start();
    return tls;
  }

  /**
   * Lets Java refuse a second handshake that a client asks for on an open connection of TLS 1.2: it
   * costs the server far more than the client. Java reads this once, at its first use of TLS.
   */
  public static void prepare() {
    System.getProperties().putIfAbsent("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  /**
   * Creates the handler of a new connection.
   *
   * @param room the memory for what its client makes it keep
   */
  public SslHandler handler(ByteBufAllocator buffers, Room room) {
    return new Records(shown.context().newEngine(buffers), handshakes, room);
  }

  /** Counts a handshake that failed. */
  public void failed() {
    failures.increment();
  }

  /** Handshakes that failed so far. */
  public long failures() {
    return failures.sum();
  }

  /** When the first of the certificates expires, in seconds since 1970. */
  public long endSeconds() {
    return shown.end().getEpochSecond();
  }

  /** Whether the files hold something that can't be used, so that older certificates are shown. */
  public boolean refused() {
    return refused;
  }

  /**
   * Shows the certificates of these files to new connections from now on. Blocks.
   *
   * @throws TlsException with a sentence, if one cannot be used; then all stays as it was
   */
  public synchronized void show(List<CertificateFiles> files) throws TlsException {
    Shown next = Shown.read(files, protocols);
    refused = false;
    boolean same = next.all().equals(shown.all());
    shown = same ? new Shown(next.files(), shown.all(), shown.context()) : next;
    if (!same) {
      LOG.atInfo()
          .addKeyValue("names", next.all().toString())
          .addKeyValue("expires", next.end())
          .log("certificates were exchanged");
    }
  }

  private synchronized void changed() {
    try {
      show(shown.files());
    } catch (TlsException | RuntimeException e) {
      // Java's readers of keys and certificates throw others at odd ones.
      refused = true;
      LOG.atError()
          .addKeyValue("why", e.getMessage())
          .addKeyValue("expires", shown.end())
          .log("a new certificate cannot be used; the last good one stays in force");
    }
  }

  @Override
  public void close() {
    watch.close();
    handshakes.shutdownNow();
  }
}
