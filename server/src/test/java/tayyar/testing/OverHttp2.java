package tayyar.testing;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs the tests that a class inherits over HTTP/2: the {@link RawHttp} clients that connect to its
 * gateways speak it, by prior knowledge, or, beside {@link OverTls}, by ALPN.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OverHttp2.Switch.class)
public @interface OverHttp2 {

  /** For JUnit: it comes before the gateway of the class, which is a field. */
  final class Switch implements BeforeAllCallback, AfterAllCallback {
    private static final Set<InetSocketAddress> LISTENING = ConcurrentHashMap.newKeySet();
    private static volatile boolean on;

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

    /** Whether this class runs over HTTP/2. */
    static boolean isOn() {
      return on;
    }

    /** A gateway listens there. */
    static void listens(InetSocketAddress address) {
      if (on) {
        LISTENING.add(address);
      }
    }

    /** Nothing listens there any more. */
    static void closes(InetSocketAddress address) {
      LISTENING.remove(address);
    }

    /** The socket to speak on: with HTTP/2 below where a gateway of such a class listens. */
    static Socket socket(InetSocketAddress peer, Socket connected) throws IOException {
      return LISTENING.contains(peer) ? new Http2Socket(connected) : connected;
    }
  }
}
