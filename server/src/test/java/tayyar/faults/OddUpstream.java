package tayyar.faults;

import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tayyar.testing.RawUpstream;
import tayyar.testing.RawUpstream.Peer;
import tayyar.testing.RawUpstream.Request;

/**
 * An upstream that gives each request its {@link OddAnswer}, cut and delayed at random, and checks
 * the reuse of its connections.
 */
final class OddUpstream implements RawUpstream.Script {
  private static final Pattern TOKEN = Pattern.compile("own-\\d+-\\d+-");
  private static final int BEGIN_BYTES = 200;
  private static final int PAUSE_MS = 15;

  private final long seed;
  private final Queue<String> wrong;
  private final AtomicInteger arrived = new AtomicInteger();

  /** The answer that made each connection unusable. */
  private final Map<Integer, OddAnswer> spoiled = new ConcurrentHashMap<>();

  /**
   * Creates an upstream without requests.
   *
   * @param wrong receives descriptions of wrong requests
   */
  OddUpstream(long seed, Queue<String> wrong) {
    this.seed = seed;
    this.wrong = wrong;
  }

  @Override
  public void answer(Request request) throws IOException {
    Peer peer = request.peer();
    arrived.incrementAndGet();
    if (spoiled.containsKey(peer.number())) {
      wrong.add("a request behind what is no certain end: " + spoiled.get(peer.number()));
    }
    Matcher token = TOKEN.matcher(request.body(BEGIN_BYTES));
    if (!token.find()) {
      throw new IOException("no token: " + request.body(BEGIN_BYTES));
    }
    OddAnswer answer = OddAnswer.of(seed, token.group());
    if (!answer.isEarly()) {
      request.body();
    }
    send(peer, answer, RandomGeneratorFactory.of("L64X128MixRandom").create(token.hashCode()));
  }

  private void send(Peer peer, OddAnswer answer, RandomGenerator random) throws IOException {
    for (String interim : answer.before()) {
      pieces(peer, interim, random);
      pause(peer);
    }
    pieces(peer, answer.answer(), random);
    if (answer.form() == OddAnswer.Form.SLOW_END) {
      pause(peer);
    }
    if (peer.hasMore() && !answer.isEarly()) {
      wrong.add("a request before the answer's end: " + answer);
    }
    if (!answer.over()) {
      spoiled.put(peer.number(), answer);
    }
    peer.send(answer.end());
    if (answer.isCut()) {
      peer.end();
    } else if (answer.form() == OddAnswer.Form.EARLY_CLOSED) {
      // A close with bytes unread is a reset, which may overtake the answer: servers read on.
      peer.end();
      peer.rest();
      peer.close();
    }
  }

  /** Cut anywhere; a pause lets others ask meanwhile. */
  private void pieces(Peer peer, String bytes, RandomGenerator random) throws IOException {
    int at = 0;
    while (at < bytes.length()) {
      int to = random.nextBoolean() ? bytes.length() : at + 1 + random.nextInt(bytes.length() - at);
      peer.send(bytes.substring(at, to));
      at = to;
      if (at < bytes.length() && random.nextInt(4) == 0) {
        pause(peer);
      }
    }
  }

  /** Waits briefly for another request, on any connection. */
  private void pause(Peer peer) {
    int before = arrived.get();
    RawUpstream.pause(PAUSE_MS, () -> arrived.get() > before || hasMore(peer));
  }

  private static boolean hasMore(Peer peer) {
    try {
      return peer.hasMore();
    } catch (IOException e) {
      return true;
    }
  }
}
