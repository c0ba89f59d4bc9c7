package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A file server on loopback that can break off, fall silent and ignore ranges. */
public final class FileServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> breaks = new ConcurrentLinkedQueue<>();
  private final CountDownLatch forEver = new CountDownLatch(1);
  private volatile boolean ranges = true;
  private volatile String etag = "";
  private volatile boolean silent;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** Starts it on a free port. */
  public FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Its address, without a slash at its end. */
  public String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Puts a file there; returns its address. */
  public String put(String path, byte[] bytes) {
    files.put(path, bytes);
    return base() + path;
  }

  /** Puts a text there; returns its address. */
  public String put(String path, String text) {
    return put(path, text.getBytes(UTF_8));
  }

  /** Cuts the next answers after these numbers of body bytes, one number for each. */
  public void breakAfter(Integer... bytes) {
    breaks.addAll(List.of(bytes));
  }

  /** Sets whether cut answers fall silent instead of ending. */
  public void silent(boolean now) {
    silent = now;
  }

  /** Ignores ranges from now on and answers with the whole file. */
  public void noRanges() {
    ranges = false;
  }

  /** Sets the ETag of its files. */
  public void etag(String now) {
    etag = now;
  }

  /** Returns the requests so far: the path and, if any, the range. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** Answers no request until {@link #release}. */
  public void hold() {
    gate = new CountDownLatch(1);
  }

  /** Answers requests again. */
  public void release() {
    gate.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String range = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Range"), "");
      asked.add((path + " " + range).strip());
      await(gate);
      byte[] file = files.get(path);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(file == null ? 404 : 200, -1);
        return;
      }
      if (file == null) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!etag.isEmpty()) {
        exchange.getResponseHeaders().set("ETag", etag);
        String known = exchange.getRequestHeaders().getFirst("If-Range");
        send(exchange, file, known == null || known.equals(etag) ? range : "");
      } else {
        send(exchange, file, range);
      }
    }
  }

  private void send(HttpExchange exchange, byte[] file, String range) throws IOException {
    int from = ranges && !range.isEmpty() ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
    if (from >= file.length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + file.length);
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    if (from > 0) {
      String part = "bytes " + from + "-" + (file.length - 1) + "/" + file.length;
      exchange.getResponseHeaders().set("Content-Range", part);
    }
    Integer most = breaks.poll();
    int to = most == null ? file.length : Math.min(file.length, from + most);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
    exchange.getResponseBody().write(Arrays.copyOfRange(file, from, to));
    exchange.getResponseBody().flush();
    if (silent && to < file.length) {
      await(forEver);
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
    forEver.countDown();
    gate.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
