package tayyar.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import tayyar.api.CertificateFiles;
import tayyar.api.Threads;

/**
 * Tells when the files of certificates have changed. One thread that looks at their times, behind
 * symbolic links too. A change counts once two looks have seen the same: certificate and key are
 * seldom written at once.
 */
final class FileWatch implements AutoCloseable {
  private final Duration period;
  private final Supplier<List<CertificateFiles>> files;
  private final Runnable changed;
  private final Thread thread;
  private List<String> known;
  private List<String> last;
  private volatile boolean closed;

  /**
   * Looks from {@link #start} on; what changes before that counts as well.
   *
   * @param first those of this moment, which will be read
   * @param files those of later moments
   * @param changed takes in what they hold now
   */
  FileWatch(
      Duration period,
      List<CertificateFiles> first,
      Supplier<List<CertificateFiles>> files,
      Runnable changed) {
    this.period = period;
    this.files = files;
    this.changed = changed;
    this.known = marks(first);
    this.last = known;
    this.thread = Thread.ofPlatform().daemon().name("certificate-watch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(period.toNanos());
      if (!closed) {
        look();
      }
    }
  }

  private void look() {
    List<String> now = marks(files.get());
    boolean rests = now.equals(last);
    last = now;
    if (rests && !now.equals(known)) {
      known = now;
      changed.run();
    }
  }

  private static List<String> marks(List<CertificateFiles> files) {
    List<String> all = new ArrayList<>();
    for (CertificateFiles each : files) {
      all.add(mark(each.certificate()));
      all.add(mark(each.key()));
    }
    return all;
  }

  private static String mark(Path file) {
    try {
      var its = Files.readAttributes(file, BasicFileAttributes.class);
      return "%s %s %d %s".formatted(file, its.lastModifiedTime(), its.size(), its.fileKey());
    } catch (IOException e) {
      return file + " " + e.getClass();
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.awaitEnd(thread);
  }
}
