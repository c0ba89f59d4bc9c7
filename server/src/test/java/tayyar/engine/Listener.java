package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hears one answer; latches tell how far it is. */
final class Listener implements Sink {
  final CountDownLatch first = new CountDownLatch(1);
  final CountDownLatch tenth = new CountDownLatch(10);
  final CountDownLatch over = new CountDownLatch(1);
  final List<Called> calls = new ArrayList<>();
  private final Map<Integer, ByteArrayOutputStream> json = new TreeMap<>();
  final List<String> vectors = new CopyOnWriteArrayList<>();
  private final Map<Integer, ByteArrayOutputStream> told = new TreeMap<>();
  private final Map<Integer, FinishReason> reasons = new TreeMap<>();
  volatile int deltas;
  volatile @Nullable ApiError error;
  volatile @Nullable FinishReason reason;
  volatile String fingerprint = "";
  volatile Usage usage = Usage.NONE;

  @Override
  public synchronized void delta(int choice, Kind kind, byte[] bytes, int from, int to) {
    json.computeIfAbsent(choice, _ -> new ByteArrayOutputStream()).write(bytes, from, to - from);
    deltas++;
    first.countDown();
    tenth.countDown();
  }

  @Override
  public void flush() {}

  @Override
  public synchronized void finish(int choice, FinishReason why) {
    reason = why;
    reasons.put(choice, why);
  }

  @Override
  public synchronized void part(int choice, Part part) {
    if (part instanceof ToolCall call) {
      if (call.first()) {
        calls.add(
            new Called(
                call.index(),
                call.custom(),
                utf8(call.id()),
                utf8(call.name()),
                new StringBuilder()));
      }
      calls.getLast().arguments().append(utf8(call.arguments()));
      return;
    }
    if (part instanceof Part.Member(Part.Member.Place place, String name, byte[] json)
        && place == Part.Member.Place.ANSWER
        && name.equals("system_fingerprint")) {
      fingerprint = new String(json, UTF_8);
      return;
    }
    if (part instanceof Part.Vector(byte[] json)) {
      assertThat(choice).isEqualTo(vectors.size());
      vectors.add(new String(json, UTF_8));
      first.countDown();
      return;
    }
    if (!(part instanceof Part.Logprobs(Kind of, byte[] entries)) || of != Kind.CONTENT) {
      throw new AssertionError("the engine gives text, calls and what is told of text alone");
    }
    ByteArrayOutputStream all = told.computeIfAbsent(choice, _ -> new ByteArrayOutputStream());
    if (all.size() > 0) {
      all.write(',');
    }
    all.writeBytes(entries);
  }

  private static String utf8(byte[] text) {
    return new String(text, UTF_8);
  }

  private static String unescaped(String json) {
    return JsonMapper.shared().readValue('"' + json + '"', String.class);
  }

  /** A call that was heard. */
  record Called(int index, boolean custom, String id, String name, StringBuilder arguments) {
    String json() {
      return unescaped(arguments.toString());
    }
  }

  @Override
  public void usage(Usage counted) {
    usage = counted;
  }

  @Override
  public void done() {
    over.countDown();
  }

  @Override
  public void failed(ApiError why) {
    error = why;
    over.countDown();
  }

  String text() {
    return text(0);
  }

  synchronized String text(int choice) {
    String all = json.getOrDefault(choice, new ByteArrayOutputStream()).toString(UTF_8);
    return JsonMapper.shared().readValue('"' + all + '"', String.class);
  }

  /** What was told of the tokens of the first choice of a chat, an array. */
  synchronized JsonNode told() {
    String all = told.getOrDefault(0, new ByteArrayOutputStream()).toString(UTF_8);
    return JsonMapper.shared().readTree("[" + all + "]");
  }

  /** What was told of the tokens of a choice of a completion: four lines for each. */
  synchronized List<String> lines(int choice) {
    String all = told.getOrDefault(choice, new ByteArrayOutputStream()).toString(UTF_8);
    return all.lines().map(line -> line.startsWith(",") ? line.substring(1) : line).toList();
  }

  /** Why each choice ended. */
  synchronized Map<Integer, FinishReason> reasons() {
    return Map.copyOf(reasons);
  }

  void awaitOver() throws InterruptedException {
    await(over);
  }

  static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(120, TimeUnit.SECONDS)) {
      throw new AssertionError("nothing came in two minutes");
    }
  }
}
