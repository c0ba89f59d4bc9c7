package tayyar.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Plan;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.CertificateFiles;
import tayyar.api.Deadline;
import tayyar.api.Target.Address;
import tayyar.http.Server;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Logged;
import tayyar.testing.OverTls;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestCertificate;
import tayyar.testing.TestGateway;
import tayyar.tls.Tls;

/** TLS as clients meet it, good ones and bad ones. */
@Tag("socket")
class TlsTest {
  /** The head of a record with a ClientHello of 512 bytes, and its first bytes. */
  private static final byte[] BEGUN = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

  @TempDir private Path folder;
  private TestGateway gateway = TestGateway.usual();

  @AfterEach
  void stop() {
    OverTls.Switch.use(null);
    gateway.stop();
  }

  private void start(TestGateway one, TestCertificate... certificates) throws IOException {
    List<CertificateFiles> files = new ArrayList<>();
    for (TestCertificate each : certificates) {
      files.add(each.files());
    }
    OverTls.Switch.use(new Plan.Secured(files, new Address.Tcp("127.0.0.1", 0, false), false));
    gateway = one;
    gateway.start();
  }

  private void start() throws IOException {
    start(TestGateway.usual(), TestCertificate.in(folder, "one", "EC", "localhost"));
  }

  /** A client that trusts all, and counts the certificates that it was shown. */
  private static final class Trusting implements X509TrustManager {
    private final AtomicInteger shown = new AtomicInteger();

    SSLContext context() throws GeneralSecurityException {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {this}, new SecureRandom());
      return context;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {
      shown.incrementAndGet();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private SSLSocket connect(SSLContext context, String name, String... versions)
      throws IOException {
    var socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(gateway.address().getAddress(), gateway.address().getPort());
    socket.setSoTimeout(15_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (!name.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    if (versions.length > 0) {
      parameters.setProtocols(versions);
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static String health(Socket socket) throws IOException {
    socket.getOutputStream().write(closing("/health").getBytes(US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  private static String closing(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
  }

  private X509Certificate shown(String name) throws IOException, GeneralSecurityException {
    try (SSLSocket socket = connect(new Trusting().context(), name)) {
      assertThat(health(socket)).startsWith("HTTP/1.1 200 OK\r\n");
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private RawHttp plain() throws IOException {
    return RawHttp.to(gateway.address());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bothVersionsAreSpoken(String version) throws Exception {
    for (String kind : List.of("EC", "RSA")) {
      start(TestGateway.usual(), TestCertificate.in(folder, kind, kind, "localhost"));
      try (SSLSocket socket = connect(new Trusting().context(), "localhost", version)) {
        socket.setSSLParameters(protocols(socket, "http/1.1"));
        assertThat(health(socket)).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
      }
      if (kind.equals("EC")) {
        gateway.stop();
      }
    }
  }

  private static SSLParameters protocols(SSLSocket socket, String... protocols) {
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    return parameters;
  }

  @Test
  void whatCannotBeSpokenIsRefusedQuietly() throws Exception {
    start();
    try (Logged log = Logged.of(Server.class)) {
      try (SSLSocket socket = connect(new Trusting().context(), "localhost")) {
        socket.setSSLParameters(protocols(socket, "h3"));
        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
      }
      // Without trust, the client breaks off.
      try (SSLSocket socket = connect(SSLContext.getDefault(), "localhost")) {
        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
      }
      try (RawHttp client = plain()) {
        client.send(new byte[] {0, 1, 2, 3, 4, 5, 6});
        assertThat(client.rest()).hasSizeLessThan(16); // an alert, or nothing
      }
      Awaitility.await("failures to be counted")
          .atMost(TestGateway.SOON)
          .until(() -> gateway.gauge("tayyar_tls_handshakes_failed_total") == 3);
      assertThat(log.events()).isEmpty();
    }
  }

  /** A renewal costs more than the bytes that ask for it, and its answer waits to be read. */
  @Test
  void keysAreNotRenewedWithoutEnd() throws Exception {
    start();
    try (SSLSocket socket = connect(new Trusting().context(), "localhost", "TLSv1.3")) {
      renew(socket, 100);
      assertThat(health(socket)).startsWith("HTTP/1.1 200 OK\r\n");
    }
    try (SSLSocket socket = connect(new Trusting().context(), "localhost", "TLSv1.3")) {
      try {
        renew(socket, 2_000);
      } catch (IOException e) {
        // The server has closed it already.
      }
      Awaitility.await("the connection to be closed")
          .atMost(TestGateway.SOON)
          .until(() -> gateway.gauge("tayyar_connections") == 0);
    }
  }

  /** Once TLS 1.3 is agreed on, Java renews the keys where it is to agree anew. */
  private static void renew(SSLSocket socket, int times) throws IOException {
    socket.startHandshake();
    for (int i = 0; i < times; i++) {
      socket.startHandshake();
    }
  }

  @Test
  void theCertificateIsChosenByName() throws Exception {
    start(
        TestGateway.usual(),
        TestCertificate.in(folder, "a", "EC", "a.example", "www.a.example"),
        TestCertificate.in(folder, "b", "RSA", "b.example", "*.b.example"),
        TestCertificate.in(folder, "c", "EC", "c.b.example"));

    assertThat(nameOf(shown("a.example"))).isEqualTo("CN=a.example");
    assertThat(nameOf(shown("B.example"))).isEqualTo("CN=b.example");
    assertThat(nameOf(shown("any.b.example"))).isEqualTo("CN=b.example");
    assertThat(nameOf(shown("c.b.example"))).isEqualTo("CN=c.b.example");
    assertThat(nameOf(shown("two.any.b.example"))).isEqualTo("CN=a.example");
    assertThat(nameOf(shown("nobody.example"))).isEqualTo("CN=a.example");
    assertThat(nameOf(shown(""))).isEqualTo("CN=a.example");
  }

  private static String nameOf(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatComesBackIsShownNoCertificate(String version) throws Exception {
    start();
    var client = new Trusting();
    SSLContext context = client.context();
    for (int i = 0; i < 5; i++) {
      try (SSLSocket socket = connect(context, "localhost", version)) {
        assertThat(health(socket)).startsWith("HTTP/1.1 200 OK\r\n");
      }
    }
    assertThat(client.shown.get()).as("full handshakes of 5").isEqualTo(1);
  }

  private void replace(TestCertificate by) throws IOException {
    for (String end : List.of(".pem", ".key")) {
      Path next = Files.copy(folder.resolve("new" + end), folder.resolve("next" + end));
      Files.move(next, folder.resolve("one" + end), StandardCopyOption.ATOMIC_MOVE);
    }
    assertThat(by.files().certificate()).exists();
  }

  @Test
  void newCertificatesAreShownAndNoStreamIsCut() throws Exception {
    start();
    X509Certificate old = shown("localhost");
    try (SSLSocket socket = connect(new Trusting().context(), "localhost")) {
      String body =
          Requests.chat(TestGateway.MODEL, "[[numbered tokens=6 hold@3]]", true).toString();
      socket
          .getOutputStream()
          .write(Requests.post(gateway.key(), body, "Connection: close\r\n").getBytes(UTF_8));
      ReceivedRequest upstream = gateway.upstream();
      upstream.awaitHeld(TestGateway.SOON);

      replace(TestCertificate.in(folder, "new", "RSA", "localhost"));
      Awaitility.await("the new certificate")
          .atMost(TestGateway.SOON)
          .until(() -> !shown("localhost").equals(old));

      upstream.release();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .contains("\"content\":\"5 \"")
          .contains("data: [DONE]");
    }
    assertThat(shown("localhost").getPublicKey().getAlgorithm()).isEqualTo("RSA");
    assertThat(gateway.gauge("tayyar_certificate_refused")).isZero();
    assertThat(gateway.gauge("tayyar_certificate_end_seconds"))
        .isEqualTo((double) shown("localhost").getNotAfter().toInstant().getEpochSecond());
  }

  @Test
  void aBadNewCertificateChangesNothingAndIsTold() throws Exception {
    start();
    X509Certificate good = shown("localhost");
    Path file = folder.resolve("one.pem");
    String text = Files.readString(file);
    try (Logged log = Logged.of(Tls.class)) {
      Files.writeString(file, "no certificate");
      Awaitility.await("it to be refused")
          .atMost(TestGateway.SOON)
          .until(() -> gateway.gauge("tayyar_certificate_refused") == 1);
      assertThat(shown("localhost")).isEqualTo(good);
      assertThat(log.events())
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.getMessage())
                    .isEqualTo(
                        "a new certificate cannot be used; the last good one stays in force");
                assertThat(line.getKeyValuePairs().toString()).contains(file.toString());
              });
    }
    Files.writeString(file, text);
    Awaitility.await("it to be good again")
        .atMost(TestGateway.SOON)
        .until(() -> gateway.gauge("tayyar_certificate_refused") == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11})
  void aHandshakeThatIsNotFinishedEnds(int bytes) throws Exception {
    Bounds bounds = Bounds.DEFAULT.with(Deadline.HANDSHAKE, Duration.ofMillis(300));
    start(TestGateway.with(bounds), TestCertificate.in(folder, "one", "EC", "localhost"));
    List<RawHttp> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      RawHttp client = plain();
      clients.add(client.send(Arrays.copyOf(BEGUN, bytes)));
    }
    assertThat(shown("localhost")).isNotNull();
    for (RawHttp client : clients) {
      assertThat(client.closesSilently()).isTrue();
      client.close();
    }
    Awaitility.await("connections to be gone")
        .atMost(TestGateway.SOON)
        .until(() -> gateway.gauge("tayyar_connections") == 0);
    assertThat(gateway.gauge("tayyar_tls_handshakes_failed_total")).isEqualTo(bytes == 0 ? 0 : 200);
  }

  @Test
  void handshakesCountAsConnectionsAndMakeRoom() throws Exception {
    Bounds bounds = Bounds.DEFAULT.with(Bound.CONNECTIONS, 20);
    start(TestGateway.with(bounds), TestCertificate.in(folder, "one", "EC", "localhost"));
    List<RawHttp> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(plain().send(BEGUN));
      assertThat(gateway.gauge("tayyar_connections")).isLessThanOrEqualTo(21);
    }
    assertThat(shown("localhost")).isNotNull();
    for (RawHttp client : clients) {
      client.close();
    }
  }

  private void startPatiently() throws IOException {
    Bounds bounds = Bounds.DEFAULT.with(Deadline.HANDSHAKE, Duration.ofMinutes(5));
    start(TestGateway.with(bounds), TestCertificate.in(folder, "one", "EC", "localhost"));
  }

  /** A ClientHello of 30,000 bytes, each in a record of its own: Java would take it all. */
  @Test
  void aHandshakeThatIsTooLargeEnds() throws Exception {
    startPatiently();
    byte[] hello = {1, 0, 0x75, 0x30, 3, 3};
    var records = new ByteArrayOutputStream();
    for (int i = 0; i < 7_000; i++) {
      records.writeBytes(new byte[] {0x16, 3, 1, 0, 1, i < hello.length ? hello[i] : 0});
    }
    try (RawHttp client = plain()) {
      assertThatThrownBy(
              () -> {
                client.send(records.toByteArray());
                assertThat(client.closesSilently()).isTrue();
                throw new IOException("closed");
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(shown("localhost")).isNotNull();
    assertThat(gateway.gauge("tayyar_tls_handshakes_failed_total")).isEqualTo(1);
  }

  @Test
  void whatAHandshakeKeepsIsCharged() throws Exception {
    startPatiently();
    double before = gateway.gauge("tayyar_memory_held_bytes");
    List<RawHttp> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      clients.add(plain().send(Arrays.copyOf(new byte[] {0x16, 3, 1, 0x3f, (byte) 0xff}, 16_000)));
    }
    Awaitility.await("the bytes to be charged")
        .atMost(TestGateway.SOON)
        .until(() -> gateway.gauge("tayyar_memory_held_bytes") >= before + 50 * 32_000);
    for (RawHttp client : clients) {
      client.close();
    }
    Awaitility.await("the bytes to be given back")
        .atMost(TestGateway.SOON)
        .until(() -> gateway.gauge("tayyar_memory_held_bytes") < before + 50 * 32_000);
  }

  @Test
  void whoeverSpeaksHttpToItIsTold() throws Exception {
    start();
    try (Logged log = Logged.of(Server.class);
        RawHttp client = plain()) {
      String body = Requests.chat(TestGateway.MODEL, "x".repeat(100_000), true).toString();
      Response response = client.send(Requests.post("sk-nobody", body)).response();

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString()).isEqualTo("invalid_http");
      assertThat(response.error().path("message").asString()).contains("https://");
      assertThat(client.closesSilently()).isTrue();
      assertThat(log.events()).isEmpty();
    }
  }

  /** The client ends both directions at once: nobody is there for the rest of the answer. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void goodbyeIsSeenAtOnce(String version) throws Exception {
    start();
    String key = gateway.key();
    SSLSocket socket = connect(new Trusting().context(), "localhost", version);
    String body = Requests.chat(TestGateway.MODEL, "[[tokens=9 hold@0]]", true).toString();
    socket.getOutputStream().write(Requests.post(key, body).getBytes(UTF_8));
    ReceivedRequest upstream = gateway.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    socket.close();

    assertThat(upstream.awaitEnd(TestGateway.SOON).how()).isEqualTo(ReceivedRequest.How.PEER_LEFT);
    assertThat(gateway.rowOf(key).outcome()).isEqualTo("client_gone");
  }

  @Test
  void othersAreSentToTls() throws Exception {
    start();
    int port = gateway.address().getPort();
    try (RawHttp client = RawHttp.to(gateway.redirect())) {
      for (String method : List.of("GET", "POST", "DELETE")) {
        String request = Requests.bare(method, "/v1/models?a=b%20c");
        Response response =
            client.send(request.replace("Host: test", "Host: Api.example:80")).response();
        assertThat(response.status()).isEqualTo(308);
        assertThat(response.field("Location"))
            .isEqualTo("https://Api.example:" + port + "/v1/models?a=b%20c");
      }
      Response root = client.send(Requests.bare("GET", "/").replace("test", "[::1]:80")).response();
      assertThat(root.field("Location")).isEqualTo("https://[::1]:" + port + "/");
      Response whole = client.send(Requests.bare("GET", "http://other.example")).response();
      assertThat(whole.field("Location")).endsWith(":" + port + "/");
    }
    try (RawHttp client = RawHttp.to(gateway.redirect())) {
      assertThat(client.send("GET / HTTP/1.0\r\n\r\n").response().status()).isEqualTo(400);
    }
  }
}
