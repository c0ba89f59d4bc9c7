package tayyar.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server behind TLS, its certificate its own authority and good for "localhost" alone. */
public final class TlsUpstream implements AutoCloseable {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String ANSWER =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}"
          + "\n\ndata: [DONE]\n\n";

  private final SSLServerSocket server;
  private final Path certificate;
  private final Queue<String> names = new ConcurrentLinkedQueue<>();
  private final Queue<String> heads = new ConcurrentLinkedQueue<>();

  private TlsUpstream(SSLServerSocket server, Path certificate) {
    this.server = server;
    this.certificate = certificate;
  }

  /** Starts; the folder takes its key and certificate. */
  public static TlsUpstream start(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    var server =
        (SSLServerSocket)
            context(folder)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var upstream = new TlsUpstream(server, certificate(folder));
    Thread.ofVirtual().start(upstream::accept);
    return upstream;
  }

  /** The side of such a server; the folder takes its key and certificate. */
  public static SSLContext context(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve("key.p12");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    make(store);
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    Files.writeString(
        certificate(folder),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getCertificate("one").getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** The certificate that a folder has taken. */
  public static Path certificate(Path folder) {
    return folder.resolve("ca.pem");
  }

  private static void make(Path store) throws IOException, InterruptedException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    String asked =
        "-genkeypair -alias one -keyalg EC -dname CN=localhost -ext san=dns:localhost"
            + " -ext bc:c=ca:true -validity 2 -storetype PKCS12 -storepass changeit -keystore";
    List<String> command = new java.util.ArrayList<>(List.of(keytool.toString()));
    command.addAll(List.of(asked.split(" ")));
    command.add(store.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  private void accept() {
    while (true) {
      try {
        var socket = (SSLSocket) server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SSLSocket open) {
    try (SSLSocket socket = open) {
      socket.startHandshake();
      var session = (ExtendedSSLSession) socket.getSession();
      session
          .getRequestedServerNames()
          .forEach(name -> names.add(new String(name.getEncoded(), US_ASCII)));
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      heads.add(in.readLine());
      String answer =
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: "
              + ANSWER.length();
      socket.getOutputStream().write((answer + "\r\n\r\n" + ANSWER).getBytes(US_ASCII));
      socket.getOutputStream().flush();
      in.transferTo(java.io.Writer.nullWriter());
    } catch (IOException e) {
      heads.add("none");
    }
  }

  /** Where it listens, on the loopback. */
  public int port() {
    return server.getLocalPort();
  }

  /** Its certificate. */
  public Path certificate() {
    return certificate;
  }

  /** The names that clients asked for by SNI. */
  public Queue<String> names() {
    return names;
  }

  /** The request lines that came through. */
  public List<String> requests() {
    return heads.stream().filter(head -> head.startsWith("POST")).toList();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
