package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tools.jackson.databind.json.JsonMapper;

/** Hears one answer; latches tell how far it is. */
final class Listener implements Sink {
  final CountDownLatch first = new CountDownLatch(1);
  final CountDownLatch tenth = new CountDownLatch(10);
  final CountDownLatch over = new CountDownLatch(1);
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
  public void part(int choice, Part part) {
    throw new AssertionError("the engine gives nothing but text");
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
    return JsonMapper.shared().readValue('"' + json.toString(UTF_8) + '"', String.class);
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
