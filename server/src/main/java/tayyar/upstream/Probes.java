package tayyar.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import tayyar.api.OffLimits;
import tayyar.api.Target;
import tayyar.api.Target.Access;
import tayyar.api.Target.Address;
import tayyar.process.Vital;

/**
 * Probes the health of targets at intervals, each on a virtual thread of its own. After two bad or
 * missing answers in a row a target is down; one good answer brings it up again.
 */
public final class Probes implements AutoCloseable {
  private static final int WRONG_MAX = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Duration every;
  private final BiConsumer<Target, Boolean> found;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<Access, HttpClient> clients = new ConcurrentHashMap<>();

  /**
   * Creates probes without targets.
   *
   * @param every time between two questions
   * @param found called with each result, on any thread; true for up
   */
  public Probes(Duration every, BiConsumer<Target, Boolean> found) {
    this.every = every;
    this.found = found;
  }

  /**
   * Probes these targets from now on and no others, but for those that do not listen on TCP.
   *
   * @param paths the path probed at each target, such as /health; any 2xx is a good answer
   */
  public synchronized void watch(Map<Target, String> paths) {
    threads.forEach(Thread::interrupt);
    threads.clear();
    paths.forEach(this::watch);
  }

  private void watch(Target target, String path) {
    if (target.address() instanceof Address.Tcp tcp) {
      HttpClient asking = client(target.access());
      HttpRequest question = question(target, tcp, path);
      threads.add(
          Thread.ofVirtual()
              .name("probe")
              .uncaughtExceptionHandler(Vital::died)
              .start(() -> run(target, asking, question)));
    }
  }

  /**
   * Creates a client when the first target needs it, so that a start without probes does not wait
   * for it.
   */
  private HttpClient client(Access access) {
    return clients.computeIfAbsent(new Access("", "", access.ca(), access.proxy()), Probes::made);
  }

  private static HttpClient made(Access access) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (access.ca() != null) {
      builder.sslContext(Tls.trusting(access.ca()));
    }
    Address.Tcp proxy = access.proxy();
    if (proxy != null) {
      builder.proxy(ProxySelector.of(new InetSocketAddress(proxy.host(), proxy.port())));
    }
    return builder.build();
  }

  private HttpRequest question(Target target, Address.Tcp tcp, String path) {
    String host = tcp.host().indexOf(':') >= 0 ? "[" + tcp.host() + "]" : tcp.host();
    String scheme = tcp.tls() ? "https" : "http";
    String query = target.access().query();
    query = query.isEmpty() ? "" : (path.indexOf('?') < 0 ? "?" : "&") + query;
    HttpRequest.Builder question =
        HttpRequest.newBuilder(URI.create(scheme + "://" + host + ":" + tcp.port() + path + query))
            .timeout(PATIENCE)
            .header("User-Agent", "tayyar");
    if (target.key() != null) {
      String header = target.access().keyHeader();
      question.header(
          header.isEmpty() ? "Authorization" : header,
          header.isEmpty() ? "Bearer " + target.key() : target.key());
    }
    return question.build();
  }

  private void run(Target target, HttpClient asking, HttpRequest question) {
    int wrong = 0;
    try {
      while (true) {
        wrong = answers(asking, question) ? 0 : wrong + 1;
        if (wrong == 0 || wrong >= WRONG_MAX) {
          found.accept(target, wrong == 0);
        }
        Thread.sleep(every);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean answers(HttpClient client, HttpRequest question)
      throws InterruptedException {
    try {
      // A name's address may change at any time; a proxy looks names up itself.
      if (client.proxy().isEmpty()
          && OffLimits.address(InetAddress.getByName(question.uri().getHost()))) {
        return false;
      }
      return client.send(question, BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      // Any other exception means only that the target does not answer.
      Vital.check(e);
      return false;
    }
  }

  /** Stops all probes. */
  @Override
  public synchronized void close() {
    threads.forEach(Thread::interrupt);
    clients.values().forEach(HttpClient::shutdownNow);
  }
}
