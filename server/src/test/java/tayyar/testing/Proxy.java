package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * nginx or HAProxy as {@code deploy/} has it, with the ports of a test: TLS as it stands there, and
 * the same without TLS beside it.
 */
public final class Proxy implements AutoCloseable {
  /** Whose configuration is run. */
  public enum Kind {
    /** {@code deploy/nginx.conf}. */
    NGINX,
    /** {@code deploy/haproxy.cfg}. */
    HAPROXY;

    /** The file as it is shipped. */
    public String shipped() throws IOException {
      String name = this == NGINX ? "nginx.conf" : "haproxy.cfg";
      return Files.readString(
          Path.of(System.getProperty("tayyar.basedir", "."), "deploy").resolve(name));
    }
  }

  /**
   * A gateway's two ports on loopback.
   *
   * @param api where requests go
   * @param admin where it says whether it is ready
   */
  public record Behind(int api, int admin) {}

  private static final Behind[] SHIPPED = {
    new Behind(8080, 8081), new Behind(8082, 8083), new Behind(8084, 8085)
  };

  private final Process process;
  private final Path said;
  private final int plain;
  private final int tls;

  private Proxy(Process process, Path said, int plain, int tls) {
    this.process = process;
    this.said = said;
    this.plain = plain;
    this.tls = tls;
  }

  /**
   * Starts one in front of three gateways and waits until it answers; skips the test where the
   * program is missing.
   */
  public static Proxy start(Kind kind, List<Behind> gateways, Path folder) throws IOException {
    int plain = freePort();
    int tls = freePort();
    String shipped = put(kind.shipped(), gateways);
    List<String> command =
        switch (kind) {
          case NGINX -> nginx(shipped, folder, plain, tls);
          case HAPROXY -> haproxy(shipped, folder, plain, tls);
        };
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    var proxy = new Proxy(process, said, plain, tls);
    try {
      Awaitility.await("the proxy").ignoreExceptions().until(proxy::answers);
    } catch (RuntimeException e) {
      proxy.close();
      throw new IllegalStateException(proxy.said(), e);
    }
    return proxy;
  }

  private static String put(String shipped, List<Behind> gateways) {
    String text = shipped;
    for (int i = 0; i < SHIPPED.length; i++) {
      String server = "127.0.0.1:" + SHIPPED[i].api();
      text = replaced(text, server, "127.0.0.1:#" + gateways.get(i).api());
      text = text.replace(" port " + SHIPPED[i].admin(), " port #" + gateways.get(i).admin());
    }
    return text.replaceAll("([: ])#(\\d)", "$1$2");
  }

  private static List<String> nginx(String shipped, Path folder, int plain, int tls)
      throws IOException {
    TestCertificate one = TestCertificate.usual();
    String own =
        replaced(shipped, "listen 443 ssl http2;", listen(tls, " ssl http2") + listen(plain, ""));
    own = replaced(own, "listen 80;", listen(freePort(), ""));
    own = replaced(own, "server_name api.example.com;", "server_name localhost;");
    own = replaced(own, "/etc/nginx/fullchain.pem", "" + one.files().certificate());
    own = replaced(own, "/etc/nginx/privkey.pem", "" + one.files().key());
    Path included = Files.writeString(folder.resolve("included.conf"), own);
    Path whole =
        Files.writeString(
            folder.resolve("whole.conf"),
            """
            daemon off; pid %1$s/pid; error_log stderr;
            events {}
            http { access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p;
              fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
              include %2$s; }
            """
                .formatted(folder, included));
    String program = Given.program("nginx").toString();
    return List.of(program, "-e", "stderr", "-p", "" + folder, "-c", "" + whole);
  }

  private static String listen(int port, String more) {
    return "listen 127.0.0.1:" + port + more + "; ";
  }

  private static List<String> haproxy(String shipped, Path folder, int plain, int tls)
      throws IOException {
    TestCertificate one = TestCertificate.usual();
    Path both =
        Files.writeString(
            folder.resolve("both.pem"),
            Files.readString(one.files().certificate()) + Files.readString(one.files().key()));
    String bind = "bind 127.0.0.1:" + tls + " ssl crt " + both;
    String own =
        replaced(
            shipped,
            "bind :443 ssl crt /etc/haproxy/api.example.com.pem",
            "bind 127.0.0.1:" + plain + "\n  " + bind);
    own = replaced(own, "bind :80\n", "bind 127.0.0.1:" + freePort() + "\n");
    own = replaced(own, "maxconn 20000", "maxconn 200");
    Path whole = Files.writeString(folder.resolve("haproxy.cfg"), own);
    return List.of(Given.program("haproxy").toString(), "-db", "-f", "" + whole);
  }

  private static String replaced(String text, String shipped, String ours) {
    if (!text.contains(shipped)) {
      throw new IllegalStateException("the shipped file has no longer: " + shipped);
    }
    return text.replace(shipped, ours);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private boolean answers() throws IOException {
    try (RawHttp client = RawHttp.to(address())) {
      return client.send(Requests.bare("GET", "/health")).response().status() == 200;
    }
  }

  /** Where it listens without TLS. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), plain);
  }

  /** Where it listens with TLS. */
  public int tlsPort() {
    return tls;
  }

  /** What it has printed. */
  public String said() {
    try {
      return Files.readString(said, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends it, and its workers with it. */
  @Override
  public void close() {
    List<ProcessHandle> workers = new ArrayList<>(process.descendants().toList());
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.forEach(ProcessHandle::destroyForcibly);
  }
}
