package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tools.jackson.databind.json.JsonMapper;

/** Hears one answer; latches tell how far it is. */
final class Listener implements Sink {
  final CountDownLatch first = new CountDownLatch(1);
  final CountDownLatch tenth = new CountDownLatch(10);
  final CountDownLatch over = new CountDownLatch(1);
  final List<Called> calls = new ArrayList<>();
  private final ByteArrayOutputStream json = new ByteArrayOutputStream();
  volatile int deltas;
  volatile @Nullable ApiError error;
  volatile @Nullable FinishReason reason;
  volatile Usage usage = Usage.NONE;

  @Override
  public synchronized void delta(int choice, Kind kind, byte[] bytes, int from, int to) {
    json.write(bytes, from, to - from);
    deltas++;
    first.countDown();
    tenth.countDown();
  }

  @Override
  public void flush() {}

  @Override
  public void finish(int choice, FinishReason why) {
    reason = why;
  }

  @Override
  public synchronized void part(int choice, Part part) {
    if (!(part instanceof ToolCall call)) {
      throw new AssertionError("the engine gives nothing but text and calls");
    }
    if (call.first()) {
      calls.add(new Called(call.index(), utf8(call.id()), utf8(call.name()), new StringBuilder()));
    }
    calls.getLast().arguments().append(utf8(call.arguments()));
  }

  private static String utf8(byte[] text) {
    return new String(text, UTF_8);
  }

  private static String unescaped(String json) {
    return JsonMapper.shared().readValue('"' + json + '"', String.class);
  }

  /** A call that was heard. */
  record Called(int index, String id, String name, StringBuilder arguments) {
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

  synchronized String text() {
    return unescaped(json.toString(UTF_8));
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
