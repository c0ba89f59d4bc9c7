package tayyar.testing;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import tayyar.Plan;

/**
 * Runs the tests that a class inherits over TLS: the gateways that it starts speak it, and so do
 * the {@link RawHttp} clients that connect to them.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OverTls.Switch.class)
public @interface OverTls {

  /** For JUnit: it comes before the gateway of the class, which is a field. */
  final class Switch implements BeforeAllCallback, AfterAllCallback {
    private static final Set<InetSocketAddress> LISTENING = ConcurrentHashMap.newKeySet();
    private static volatile boolean on;
    private static volatile Plan.@Nullable Secured other;

    /** For JUnit. */
    public Switch() {}

    @Override
    public void beforeAll(ExtensionContext context) {
      on = true;
    }

    @Override
    public void afterAll(ExtensionContext context) {
      on = false;
    }

    /** What gateways have that are started from now on; null for the usual. */
    public static void use(Plan.@Nullable Secured secured) {
      other = secured;
    }

    /** What gateways have that are started now; null for no TLS. */
    static Plan.@Nullable Secured secured() {
      return on && other == null
          ? new Plan.Secured(List.of(TestCertificate.usual().files()), null, false)
          : other;
    }

    /** Whether this class runs over TLS. */
    static boolean isOn() {
      return on;
    }

    /** A gateway with TLS listens there. */
    static void listens(InetSocketAddress address) {
      LISTENING.add(address);
    }

    /** Nothing listens there any more; the port may go to somebody without TLS. */
    static void closes(InetSocketAddress address) {
      LISTENING.remove(address);
    }

    /** The socket to speak on: with TLS where a gateway listens so. */
    static Socket socket(Socket connected) throws IOException {
      var peer = (InetSocketAddress) connected.getRemoteSocketAddress();
      if (!LISTENING.contains(peer)) {
        return connected;
      }
      var sockets = TestCertificate.usual().trusting().getSocketFactory();
      var tls = (SSLSocket) sockets.createSocket(connected, "localhost", peer.getPort(), true);
      if (OverHttp2.Switch.isOn()) {
        var parameters = tls.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        tls.setSSLParameters(parameters);
      }
      tls.startHandshake();
      return tls;
    }
  }
}
