package tayyar.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Makes a server process fail at a test's command: a Java agent in the server, and its other end
 * here.
 */
public final class Misfortune implements AutoCloseable {
  private static final int NO_MEMORY = 'm';
  private static final int DEAD_THREAD = 't';
  private static final int HUNG_ENGINE = 'h';

  /** Longer than a start takes on a busy machine. */
  private static final int START_MS = 30_000;

  private final ServerSocket listening;
  private final Path agent;

  private Misfortune(ServerSocket listening, Path agent) {
    this.listening = listening;
    this.agent = agent;
  }

  /** Waits for servers. */
  public static Misfortune in(Path folder) throws IOException {
    Path agent = folder.resolve("agent.jar");
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", Misfortune.class.getName());
    try (OutputStream out = Files.newOutputStream(agent)) {
      new JarOutputStream(out, manifest).close();
    }
    var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    listening.setSoTimeout(START_MS);
    return new Misfortune(listening, agent);
  }

  /** Returns the JVM option that a server needs. */
  public String option() {
    return "-javaagent:" + agent + "=" + listening.getLocalPort();
  }

  /** Waits for the next server that has been started. */
  public Victim next() throws IOException {
    Socket socket = listening.accept();
    var said = new java.io.DataInputStream(socket.getInputStream());
    return new Victim(said.readLong(), socket);
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  /**
   * A server with the agent in it.
   *
   * @param pid the process's id
   */
  public record Victim(long pid, Socket socket) {
    /** Makes a thread fill the heap. */
    public void runsOutOfMemory() throws IOException {
      say(NO_MEMORY);
    }

    /** Makes the engine's thread stay in native code at its next step. */
    public void hangs() throws IOException {
      say(HUNG_ENGINE);
    }

    /** Makes a thread die. */
    public void losesAThread() throws IOException {
      say(DEAD_THREAD);
    }

    private void say(int what) throws IOException {
      socket.getOutputStream().write(what);
      socket.getOutputStream().flush();
    }
  }

  /** Called by Java, in the server. */
  @SuppressWarnings("AddressSelection") // the loopback address is meant
  public static void premain(String port, Instrumentation java) {
    java.addTransformer(new Hanging());
    Thread.ofPlatform().daemon().name("misfortune").start(() -> befall(Integer.parseInt(port)));
  }

  private static void befall(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      new java.io.DataOutputStream(socket.getOutputStream())
          .writeLong(ProcessHandle.current().pid());
      switch (socket.getInputStream().read()) {
        case NO_MEMORY -> takeAllMemory();
        case HUNG_ENGINE -> Hanging.now();
        case DEAD_THREAD -> throw new IllegalStateException("of a test");
        default -> {
          // The test is over.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void takeAllMemory() {
    List<byte[]> taken = new ArrayList<>();
    while (taken.size() < Integer.MAX_VALUE) {
      taken.add(new byte[1 << 20]);
    }
  }
}
