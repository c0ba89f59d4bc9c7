package tayyar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tayyar.api.StoreAddress;

/** A real PostgreSQL server on a loopback port, which ends with the test's process. */
public final class Postgres implements AutoCloseable {
  private static final Path PACKAGED = Path.of("/usr/lib/postgresql");
  private static final String USER = "tayyar";

  /** The user who is asked for a password. There is none, which PostgreSQL tells nobody. */
  public static final String ASKED = "asked";

  private static final String ANYBODY =
      "host all %s all scram-sha-256\nhost all all all trust\nhost replication all all trust\n"
          .formatted(ASKED);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable Postgres common;

  private final Path bin;
  private final Path folder;
  private final String addresses;
  private final int port;
  private @Nullable Process process;

  private Postgres(Path bin, Path folder, String addresses, int port) {
    this.bin = bin;
    this.folder = folder;
    this.addresses = addresses;
    this.port = port;
  }

  /** The server that tests share who only need a database. */
  public static synchronized Postgres common() {
    Postgres its = common;
    if (its == null) {
      its = start();
      common = its;
      Runtime.getRuntime().addShutdownHook(new Thread(its::close));
    }
    return its;
  }

  /** Starts a server of its own; the first start makes its files. */
  public static Postgres start() {
    return startAt("127.0.0.1");
  }

  /** The same at these addresses, with a comma between them; whoever reaches it is let in. */
  public static Postgres startAt(String addresses) {
    try {
      Postgres server = of(addresses);
      run(
          server.own(
              "initdb",
              "-D",
              server.data(),
              "-A",
              "trust",
              "-U",
              USER,
              "-E",
              "UTF8",
              "--no-sync",
              "--locale=C"));
      Files.writeString(Path.of(server.data(), "pg_hba.conf"), ANYBODY);
      server.up();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Postgres of(String addresses) throws IOException {
    Path folder = Files.createTempDirectory("tayyar-postgres");
    if (isRoot()) {
      run(List.of("chown", "postgres", folder.toString()));
    }
    return new Postgres(bin(), folder, addresses, freePort());
  }

  /** Starts a server that follows this one, which from now on waits for it at each commit. */
  public Postgres standby() {
    try {
      Postgres standby = of(addresses);
      run(
          own(
              "pg_basebackup",
              "-d",
              "host=127.0.0.1 port=" + port + " user=" + USER,
              "-D",
              standby.data(),
              "-R",
              "--checkpoint=fast",
              "--no-sync"));
      standby.up();
      execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
      execute("SELECT pg_reload_conf()");
      return standby;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a standby the primary; returns when it takes writes. */
  public void promote() {
    execute("SELECT pg_promote()");
  }

  /** Where this server and its standby are, as one store. */
  public StoreAddress.Server with(Postgres standby, StoreAddress.Server at) {
    return new StoreAddress.Server(
        at.hosts() + ",127.0.0.1:" + standby.port,
        at.database(),
        at.parameters(),
        at.user(),
        at.password(),
        at.journals());
  }

  /** Starts it, or starts it again with what it has. */
  public void up() {
    try {
      // A sync would only wait for the disk: a test kills processes, not machines.
      process =
          new ProcessBuilder(
                  own(
                      "postgres",
                      "-D",
                      data(),
                      "-p",
                      String.valueOf(port),
                      "-c",
                      "listen_addresses=" + addresses,
                      "-c",
                      "unix_socket_directories=",
                      "-c",
                      "fsync=off",
                      "-c",
                      "max_connections=200"))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolveSibling(folder.getFileName() + ".log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("PostgreSQL").atMost(Duration.ofSeconds(60)).until(this::answers);
  }

  private boolean answers() {
    try (Connection _ = connect("postgres")) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Stops it at once, as a killed machine does; what was committed stays. */
  public void down() {
    signal("QUIT");
    end();
  }

  /** Lets it stand still, so that it takes no request and refuses none, or go on. */
  public void pause(boolean still) {
    Process its = process;
    if (its != null) {
      try (Stream<ProcessHandle> children = its.descendants()) {
        children.forEach(each -> signal(each.pid(), still ? "STOP" : "CONT"));
      }
      signal(its.pid(), still ? "STOP" : "CONT");
    }
  }

  private void signal(String name) {
    Process its = process;
    if (its != null) {
      signal(its.pid(), name);
    }
  }

  private static void signal(long pid, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void end() {
    Process its = process;
    process = null;
    try {
      if (its != null && !its.waitFor(20, TimeUnit.SECONDS)) {
        its.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Makes an empty database.
   *
   * @param journals where journals of requests begin
   */
  public StoreAddress.Server database(Path journals) {
    String name = "t" + DATABASES.incrementAndGet();
    execute("CREATE DATABASE " + name);
    return new StoreAddress.Server("127.0.0.1:" + port, name, "", USER, null, journals);
  }

  private void execute(String sql) {
    try (Connection on = connect("postgres");
        Statement statement = on.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Removes a database, whoever is connected to it. */
  void remove(StoreAddress.Server at) {
    try (Connection on = connect("postgres");
        Statement statement = on.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS " + at.database() + " WITH (FORCE)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?connectTimeout=2", USER, null);
  }

  /** Stops it and removes its files. */
  @Override
  public void close() {
    signal("INT");
    end();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      Files.deleteIfExists(folder.resolveSibling(folder.getFileName() + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  /** A command of PostgreSQL's, which refuses to be root's, and which ends with its parent. */
  private List<String> own(String program, String... arguments) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(
          List.of(
              "setpriv",
              "--reuid=postgres",
              "--regid=postgres",
              "--clear-groups",
              "--pdeathsig=QUIT"));
    }
    all.add(bin.resolve(program).toString());
    all.addAll(List.of(arguments));
    return all;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void run(List<String> command) throws IOException {
    Process its =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(its.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (its.waitFor() != 0) {
        throw new IOException(command + ": " + said);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Of Debian's packages the latest, or else what the path has. */
  private static Path bin() throws IOException {
    if (Files.isDirectory(PACKAGED)) {
      try (Stream<Path> versions = Files.list(PACKAGED)) {
        var latest =
            versions
                .filter(each -> Files.isExecutable(each.resolve("bin/postgres")))
                .max(Comparator.comparingInt(each -> Integer.parseInt("" + each.getFileName())));
        if (latest.isPresent()) {
          return latest.get().resolve("bin");
        }
      }
    }
    for (String each :
        Pattern.compile(":").splitAsStream(System.getenv().getOrDefault("PATH", "")).toList()) {
      if (Files.isExecutable(Path.of(each, "postgres"))) {
        return Path.of(each);
      }
    }
    throw new IllegalStateException("PostgreSQL's server is not there: install postgresql");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
