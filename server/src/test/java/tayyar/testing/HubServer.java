package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A model hub on loopback that answers as the real one does, with a host of its own (another port)
 * for the large files.
 *
 * @see <a href="https://huggingface.co/docs/hub/api">Hub API Endpoints</a>
 */
public final class HubServer implements AutoCloseable {
  /** The commit of each repository. */
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** The one token that it knows. */
  public static final String TOKEN = "hf_known";

  private static final int PAGE = 2;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer hub;
  private final HttpServer store;
  private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, String> moved = new ConcurrentHashMap<>();
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Queue<String> tokens = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> breaks = new ConcurrentLinkedQueue<>();
  private volatile boolean gated;
  private volatile int status;
  private volatile boolean corrupt;
  private volatile long claims = -1;
  private volatile String sendsTo = "";
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Starts both on free ports. */
  public HubServer() throws IOException {
    hub = start(this::hub);
    store = start(this::store);
  }

  private HttpServer start(HttpHandler handler) throws IOException {
    var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(at, 0);
    server.setExecutor(threads);
    server.createContext("/", handler);
    server.start();
    return server;
  }

  /** The hub's address, without a slash at its end. */
  public String base() {
    return base(hub);
  }

  private static String base(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Puts a large file into a repository; returns its SHA-256. */
  public String put(String repository, String path, byte[] bytes) {
    files.put(repository + "/" + path, bytes);
    blobs.put(sha256(bytes), bytes);
    return sha256(bytes);
  }

  /** Puts a large file into a repository; returns its SHA-256. */
  public String put(String repository, String path, String text) {
    return put(repository, path, text.getBytes(UTF_8));
  }

  /** Sends those who ask for a repository by its old name to the new one, on the hub itself. */
  public void move(String from, String to) {
    moved.put(from, to);
  }

  /** Lets in those alone who show the token. */
  public void gate() {
    gated = true;
  }

  /** Answers everything with this status; 0 ends that. */
  public void failing(int now) {
    status = now;
  }

  /** Gives other bytes than it tells the checksum of. */
  public void corrupt(boolean now) {
    corrupt = now;
  }

  /** Tells a length that no disk has room for, and falls silent after a beginning. */
  public void claims(long bytes) {
    claims = bytes;
  }

  /** Sends those who want a large file to this address. */
  public void sendsTo(String address) {
    sendsTo = address;
  }

  /** Cuts the next answers with large files after these numbers of bytes. */
  public void breakAfter(Integer... bytes) {
    breaks.addAll(List.of(bytes));
  }

  /** The requests so far: {@code hub} or {@code store}, method, path and, if any, the range. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** What came as Authorization, behind {@code hub} or {@code store}. */
  public List<String> tokens() {
    return List.copyOf(tokens);
  }

  private void note(String who, HttpExchange exchange) {
    String range = Objects.toString(exchange.getRequestHeaders().getFirst("Range"), "");
    String path = exchange.getRequestURI().getPath();
    asked.add((who + " " + exchange.getRequestMethod() + " " + path + " " + range).strip());
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (token != null) {
      tokens.add(who + " " + token);
    }
  }

  private void hub(HttpExchange exchange) throws IOException {
    try (exchange) {
      note("hub", exchange);
      String path = exchange.getRequestURI().getPath();
      String token = exchange.getRequestHeaders().getFirst("Authorization");
      if (status != 0) {
        exchange.getResponseHeaders().set("Retry-After", "7");
        exchange.sendResponseHeaders(status, -1);
      } else if (token != null && !token.equals("Bearer " + TOKEN)) {
        exchange.sendResponseHeaders(401, -1);
      } else if (path.startsWith("/api/models/")) {
        tree(exchange, path);
      } else {
        resolve(exchange, path.substring(1), token != null);
      }
    }
  }

  private void tree(HttpExchange exchange, String path) throws IOException {
    String repository = path.replaceAll("^/api/models/|/tree/.*$", "");
    List<String> all =
        files.keySet().stream().filter(name -> name.startsWith(repository + "/")).toList();
    if (all.isEmpty()) {
      fail(exchange, 401, "RepoNotFound");
      return;
    }
    String cursor = exchange.getRequestURI().getQuery().replaceAll(".*cursor=|recursive=true", "");
    int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    int to = Math.min(all.size(), from + PAGE);
    if (to < all.size()) {
      String next = base() + path + "?recursive=true&cursor=" + to;
      exchange.getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
    }
    String entries =
        String.join(
            ",",
            all.subList(from, to).stream()
                .map(
                    name ->
                        entry(
                            name.substring(repository.length() + 1),
                            Objects.requireNonNull(files.get(name))))
                .toList());
    byte[] json = ("[" + entries + "]").getBytes(UTF_8);
    exchange.sendResponseHeaders(200, json.length);
    exchange.getResponseBody().write(json);
  }

  private static String entry(String path, byte[] bytes) {
    return """
        {"type":"file","oid":"%s","size":%d,"path":"%s",
         "lfs":{"oid":"%s","size":%d,"pointerSize":134}}"""
        .formatted(COMMIT, bytes.length, path, sha256(bytes), bytes.length);
  }

  private void resolve(HttpExchange exchange, String path, boolean known) throws IOException {
    String[] parts = path.split("/resolve/", 2);
    String to = moved.get(parts[0]);
    if (to != null) {
      exchange.getResponseHeaders().set("Location", "/" + to + "/resolve/" + parts[1]);
      exchange.sendResponseHeaders(307, -1);
      return;
    }
    if (gated && !known) {
      fail(exchange, 401, "GatedRepo");
      return;
    }
    String[] inside = parts[1].split("/", 2);
    byte[] file = files.get(parts[0] + "/" + inside[1]);
    if (file == null) {
      boolean any = files.keySet().stream().anyMatch(name -> name.startsWith(parts[0] + "/"));
      fail(exchange, any ? 404 : 401, any ? "EntryNotFound" : "RepoNotFound");
    } else if (!inside[0].equals("main") && !inside[0].equals(COMMIT)) {
      fail(exchange, 404, "RevisionNotFound");
    } else {
      var fields = exchange.getResponseHeaders();
      String sum = sha256(file);
      fields.set("X-Repo-Commit", COMMIT);
      fields.set("X-Linked-Etag", '"' + sum + '"');
      fields.set("X-Linked-Size", String.valueOf(file.length));
      fields.set("Accept-Ranges", "bytes");
      fields.set(
          "Location", sendsTo.isEmpty() ? base(store) + "/blob/" + sum + "?signed=1" : sendsTo);
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private static void fail(HttpExchange exchange, int status, String code) throws IOException {
    exchange.getResponseHeaders().set("X-Error-Code", code);
    exchange.sendResponseHeaders(status, -1);
  }

  private void store(HttpExchange exchange) throws IOException {
    try (exchange) {
      note("store", exchange);
      String sum = exchange.getRequestURI().getPath().substring("/blob/".length());
      byte[] file = Objects.requireNonNull(blobs.get(sum)).clone();
      if (corrupt) {
        file[0]++;
      }
      String range = Objects.toString(exchange.getRequestHeaders().getFirst("Range"), "");
      int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
      exchange.getResponseHeaders().set("ETag", '"' + sum + '"');
      if (from > 0) {
        String part = "bytes " + from + "-" + (file.length - 1) + "/" + file.length;
        exchange.getResponseHeaders().set("Content-Range", part);
      }
      if (claims > 0) {
        exchange.sendResponseHeaders(200, claims);
        exchange.getResponseBody().write(file);
        exchange.getResponseBody().flush();
        await(closed);
        return;
      }
      Integer most = breaks.poll();
      int to = most == null ? file.length : Math.min(file.length, from + most);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
      exchange.getResponseBody().write(Arrays.copyOfRange(file, from, to));
      exchange.getResponseBody().flush();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
  }
}
