package tayyar.process;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import tayyar.keys.KeyRing;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyWatch;
import tayyar.ledger.Ledger;
import tayyar.net.Transport;
import tayyar.store.Store;
import tayyar.testing.Endings;

/** A program in which something dies; it ends by itself only where nothing happened to it. */
final class Deaths {
  private Deaths() {}

  /** Takes what is to die, and a folder for its files. */
  public static void main(String[] args) throws Exception {
    Vital.watch();
    switch (args[0]) {
      case "virtual", "caught-other", "timer-other" -> nothing(args[0]);
      case "main" -> throw new NoClassDefFoundError("tayyar/Nothing");
      case "main-memory" -> memory();
      case "caught" ->
          Vital.check(
              new IOException(new IllegalStateException(new OutOfMemoryError("of a test"))));
      case "ledger" ->
          new Ledger(brokenSource(), 10).record(Endings.completed("req_1", "key_1", "m"));
      case "key-watch" -> keyWatch(Path.of(args[1]));
      default -> thread(args[0]);
    }
    while (true) {
      LockSupport.park();
    }
  }

  private static void nothing(String what) throws InterruptedException {
    switch (what) {
      case "virtual" -> Thread.ofVirtual().name("one").start(Deaths::fault).join();
      case "timer-other" -> timerThatFails();
      default -> Vital.check(new IOException(new StackOverflowError()));
    }
    System.exit(0);
  }

  private static void thread(String what) throws Exception {
    switch (what) {
      case "platform" -> Thread.ofPlatform().name("vital").start(Deaths::fault);
      case "platform-while-nobody-reads" -> {
        Thread.ofPlatform().daemon().start(Deaths::fillStandardError);
        Thread.ofPlatform().name("vital").start(Deaths::awaitFullAndFault);
      }
      case "virtual-memory" -> Thread.ofVirtual().start(Deaths::memory);
      case "virtual-vital" ->
          Thread.ofVirtual().uncaughtExceptionHandler(Vital::died).start(Deaths::fault);
      case "task" -> loop(Transport.NIO).execute(Deaths::memory);
      case "task-epoll" -> loop(Transport.EPOLL).execute(Deaths::memory);
      case "timer" -> loop(Transport.NIO).schedule(Deaths::memory, 1, TimeUnit.MILLISECONDS);
      case "loop" -> loopThatDies();
      default -> throw new IllegalArgumentException(what);
    }
  }

  private static void fault() {
    throw new IllegalStateException("of a test");
  }

  private static void memory() {
    throw new OutOfMemoryError("of a test");
  }

  private static final AtomicLong WRITTEN = new AtomicLong();

  private static void fillStandardError() {
    while (true) {
      System.err.write('x');
      System.err.flush();
      WRITTEN.incrementAndGet();
    }
  }

  /** A pipe takes 64 KB. */
  private static void awaitFullAndFault() {
    while (WRITTEN.get() < 65_536) {
      Thread.onSpinWait();
    }
    fault();
  }

  private static EventLoop loop(Transport transport) {
    return transport.loops(1).next();
  }

  private static void timerThatFails() throws InterruptedException {
    EventLoop loop = loop(Transport.NIO);
    loop.schedule(Deaths::fault, 0, TimeUnit.NANOSECONDS).await();
    var after = new CountDownLatch(1);
    loop.execute(after::countDown);
    after.await();
  }

  private static void loopThatDies() throws Exception {
    Pipe pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    var loop = (IoEventLoop) loop(Transport.NIO);
    IoRegistration registered = loop.register(new Failing(pipe.source())).sync().getNow();
    registered.submit(NioIoOps.READ);
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
  }

  /** What an event loop calls when a socket can be read, with a fault in it. */
  private record Failing(SelectableChannel selectableChannel) implements NioIoHandle {
    @Override
    public void handle(IoRegistration registration, IoEvent ready) {
      throw new StackOverflowError("of a test");
    }

    @Override
    public void close() {}
  }

  /** Its fault is none that a database has. */
  private static DataSource brokenSource() {
    Class<?>[] type = {DataSource.class};
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            type,
            (_, _, _) -> {
              throw new IllegalStateException("of a test");
            });
  }

  private static void keyWatch(Path folder) {
    var keys = new KeyStore(Store.open(folder.resolve("keys.db")).dataSource());
    var looks = new CountDownLatch(2);
    var ring = new KeyRing();
    KeyWatch.start(
        () -> {
          looks.countDown();
          if (looks.getCount() == 0) {
            throw new StackOverflowError("of a test");
          }
          return 1;
        },
        () -> ring.swap(keys.snapshot(Map.of())));
  }
}
