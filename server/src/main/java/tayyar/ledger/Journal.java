package tayyar.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Key;
import tayyar.api.OpenRow;
import tayyar.api.OwnFile;

/**
 * The rows that are not in the database yet, in a file beside it that is mapped into memory: what
 * stands there outlives this process, killed at any moment, but not a power cut. It holds counts,
 * ids and names, never prompts or answers. Each process has a file of its own, which it locks; the
 * files of dead ones are read at the next start. Thread-safe; never blocks but where it grows.
 */
final class Journal implements AutoCloseable {
  /** Slots by which the file grows: 2 MiB. */
  static final int CHUNK_SLOTS = 4096;

  /** Slots of the greatest file, 128 MiB. Requests beyond are not kept in it. */
  static final int SLOTS_MAX = 64 * CHUNK_SLOTS;

  /** Processes that share one database at most. */
  private static final int FILES_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private final FileChannel file;
  private final int number;
  private final List<MemorySegment> chunks = new ArrayList<>();
  private int[] free = new int[CHUNK_SLOTS];
  private int freeCount;
  private boolean full;

  private Journal(FileChannel file, int number) {
    this.file = file;
    this.number = number;
  }

  /**
   * Brings the rows of processes that died into the database, and begins a journal for this one.
   *
   * @param journals the path whose name the journals' names begin with
   * @param recovery writes those rows
   * @throws IOException if a file cannot be used, or the database
   */
  static Journal open(Path journals, Recovery recovery) throws IOException {
    Journal mine = null;
    for (int number = 1; number <= FILES_MAX; number++) {
      Path path = path(journals, number);
      if (mine != null && !Files.exists(path)) {
        continue;
      }
      FileChannel file = lock(path);
      if (file == null) {
        continue;
      }
      Journal its = new Journal(file, number);
      its.recover(recovery);
      if (mine == null) {
        mine = its;
      } else {
        its.close();
        Files.delete(path);
      }
    }
    if (mine == null) {
      throw new IOException(
          "more than " + FILES_MAX + " processes use the database of " + journals);
    }
    return mine;
  }

  /** Returns the file, locked; null where another process that lives has it. */
  private static @Nullable FileChannel lock(Path path) throws IOException {
    FileChannel file = OwnFile.open(path);
    try {
      if (file.tryLock() != null) {
        return file;
      }
    } catch (OverlappingFileLockException e) {
      // Another gateway of this process has it.
    }
    file.close();
    return null;
  }

  /**
   * The ids of the requests that stand in any journal of a database, of processes that live and of
   * such that died. Changes nothing; a file may change meanwhile, so it is read, not mapped.
   *
   * @param journals the path whose name the journals' names begin with
   * @throws IOException if a file cannot be read
   */
  static Set<String> ids(Path journals) throws IOException {
    Set<String> ids = new HashSet<>();
    ByteBuffer bytes = ByteBuffer.allocateDirect(CHUNK_SLOTS * Slot.BYTES);
    for (int number = 1; number <= FILES_MAX; number++) {
      try (FileChannel file = FileChannel.open(path(journals, number))) {
        while (file.read(bytes.clear()) > 0) {
          MemorySegment read = MemorySegment.ofBuffer(bytes.flip());
          for (long at = 0; at + Slot.BYTES <= read.byteSize(); at += Slot.BYTES) {
            Slot.Kept kept = Slot.read(read, at);
            if (kept != null) {
              ids.add(kept.requestId());
            }
          }
        }
      } catch (NoSuchFileException e) {
        // There are fewer processes.
      }
    }
    return ids;
  }

  /**
   * Whether a process that lives writes a journal of a database. Blocks.
   *
   * @param journals the path whose name the journals' names begin with
   * @throws IOException if a file cannot be opened
   */
  static boolean isInUse(Path journals) throws IOException {
    for (int number = 1; number <= FILES_MAX; number++) {
      Path path = path(journals, number);
      if (Files.exists(path)) {
        FileChannel file = lock(path);
        if (file == null) {
          return true;
        }
        file.close();
      }
    }
    return false;
  }

  private static Path path(Path journals, int number) {
    return journals.resolveSibling(journals.getFileName() + "-running-" + number);
  }

  private void recover(Recovery recovery) throws IOException {
    List<Slot.Kept> kept = new ArrayList<>();
    long chunkBytes = (long) CHUNK_SLOTS * Slot.BYTES;
    for (long at = 0; at + chunkBytes <= file.size(); at += chunkBytes) {
      MemorySegment chunk = map(at);
      for (int slot = 0; slot < CHUNK_SLOTS; slot++) {
        Slot.Kept one = Slot.read(chunk, (long) slot * Slot.BYTES);
        if (one != null) {
          kept.add(one);
        }
      }
    }
    recovery.write(kept);
    file.truncate(0);
    chunks.clear();
    grow();
  }

  private MemorySegment map(long at) throws IOException {
    return file.map(
        FileChannel.MapMode.READ_WRITE, at, (long) CHUNK_SLOTS * Slot.BYTES, Arena.ofAuto());
  }

  /** Writes the new part before it is mapped: a full disk is an error here, not a fault later. */
  private void grow() throws IOException {
    int bytes = CHUNK_SLOTS * Slot.BYTES;
    long at = (long) chunks.size() * bytes;
    ByteBuffer zeros = ByteBuffer.allocate(bytes);
    while (zeros.hasRemaining()) {
      file.write(zeros, at + zeros.position());
    }
    MemorySegment chunk = map(at);
    int first = chunks.size() * CHUNK_SLOTS;
    chunks.add(chunk);
    free = Arrays.copyOf(free, chunks.size() * CHUNK_SLOTS);
    for (int slot = CHUNK_SLOTS - 1; slot >= 0; slot--) {
      free[freeCount++] = first + slot;
    }
  }

  /**
   * Begins the row of a request; it is given back when the ledger has written it.
   *
   * @param startedAtMs when the request came, milliseconds since the epoch
   */
  OpenRow begin(String requestId, Key key, long startedAtMs) {
    Slot slot = take();
    if (slot.number() >= 0) {
      slot.begin(requestId, key, startedAtMs);
    }
    return slot;
  }

  private synchronized Slot take() {
    if (freeCount == 0 && !grown()) {
      return Slot.unkept();
    }
    int number = free[--freeCount];
    long from = (long) (number % CHUNK_SLOTS) * Slot.BYTES;
    return new Slot(this, chunks.get(number / CHUNK_SLOTS), from, number);
  }

  private boolean grown() {
    if (full) {
      return false;
    }
    try {
      full = chunks.size() * CHUNK_SLOTS >= SLOTS_MAX;
      if (!full) {
        grow();
        return true;
      }
      LOG.atWarn()
          .log("the journal is full; the rows of further requests would not outlive a kill");
    } catch (IOException e) {
      full = true;
      LOG.atError()
          .setCause(e)
          .log("the journal cannot grow; the rows of further requests would not outlive a kill");
    }
    return false;
  }

  /** Gives slots back whose rows are written. */
  void free(List<Slot> written) {
    synchronized (this) {
      for (Slot slot : written) {
        int number = slot.release();
        if (number >= 0) {
          free[freeCount++] = number;
        }
      }
    }
  }

  /** Its number, which no other process that lives has for this database. */
  int number() {
    return number;
  }

  /** Requests that are kept now: running ones, and those whose row is not written yet. */
  synchronized int kept() {
    return chunks.size() * CHUNK_SLOTS - freeCount;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
