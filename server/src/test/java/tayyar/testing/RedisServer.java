package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tayyar.redis.RedisAt;

/** A real redis-server on a free loopback port, in memory alone: a static extension. */
public final class RedisServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private final List<String> options;
  private final int port;
  private final Path folder;
  private int tlsPort;
  private @Nullable Process process;

  /** Not started yet; with these options besides. */
  public RedisServer(String... options) {
    this.options = List.of(options);
    this.port = freePort();
    try {
      this.folder = Files.createTempDirectory("tayyar-redis");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  /** Starts it, and waits until it answers. */
  public void start() {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Given.program("redis-server").toString(), "--port", "" + port, "--bind", "127.0.0.1"));
    command.addAll(List.of("--save", "", "--appendonly", "no", "--dir", folder.toString()));
    command.addAll(options);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("redis-server to answer").until(this::isUp);
  }

  private boolean isUp() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** One that speaks TLS too, with this certificate. */
  public static RedisServer overTls(TestCertificate its) {
    int port = freePort();
    var files = its.files();
    var server =
        new RedisServer(
            "--tls-port",
            "" + port,
            "--tls-cert-file",
            files.certificate().toString(),
            "--tls-key-file",
            files.key().toString(),
            "--tls-auth-clients",
            "no");
    server.tlsPort = port;
    return server;
  }

  /** Where it is over TLS. */
  public RedisAt overTls(String host, @Nullable Path ca) {
    return new RedisAt(true, host, tlsPort, 0, "", null, ca);
  }

  /** Where it is. */
  public RedisAt at() {
    return new RedisAt(false, "127.0.0.1", port, 0, "", null, null);
  }

  /** The same with a password. */
  public RedisAt at(String password) {
    return new RedisAt(false, "127.0.0.1", port, 0, "", password, null);
  }

  /** Its port. */
  public int port() {
    return port;
  }

  /** Runs one command of words without spaces; returns the first line of the answer. */
  public String command(String words) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((words + "\r\n").getBytes(StandardCharsets.UTF_8));
      var in = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
      return String.valueOf(new BufferedReader(in).readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends it a signal. */
  public void signal(String name) {
    try {
      var kill = new ProcessBuilder("kill", "-" + name, "" + running().pid()).start();
      assertThat(kill.waitFor()).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process running() {
    return Objects.requireNonNull(process);
  }

  /** Ends it, and all that it knows. */
  public void stop() {
    running().destroyForcibly();
    running().onExit().join();
  }

  @Override
  public void close() {
    if (process != null) {
      stop();
    }
    try {
      Files.deleteIfExists(folder.resolve("log"));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
