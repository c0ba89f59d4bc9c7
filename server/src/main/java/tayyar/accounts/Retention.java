package tayyar.accounts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Csv;
import tayyar.api.Keep;
import tayyar.api.OwnFile;
import tayyar.api.RuleException.Why;

/**
 * Moves rows that are too old into sums of their days: what was used and paid stays the same,
 * single requests can't be looked up any more. Where there is an archive, the rows of a day stand
 * in a file there before the first of them goes. Stopped or killed at any moment, it goes on the
 * next time. Blocks. Used by one thread at a time.
 */
public final class Retention {
  private static final Duration REST_MIN = Duration.ofMillis(10);
  private static final long DAY_MICROS = TimeUnit.DAYS.toMicros(1);

  private final Sql sql;
  private final Supplier<Set<String>> running;
  private final Keep keep;
  private final InstantSource clock;

  /**
   * What was done.
   *
   * @param rows that were moved
   * @param files that were written
   */
  public record Done(long rows, int files) {}

  /** Lets other writers of the database have their turns. */
  @FunctionalInterface
  public interface Pace {
    /**
     * Rests between two small steps.
     *
     * @param worked how long the last one took
     * @return whether to go on
     */
    boolean rest(Duration worked);
  }

  /**
   * A pace that leaves the database to others most of the time.
   *
   * @param goesOn whether to go on; whoever changes it may wake the thread
   */
  public static Pace gentle(BooleanSupplier goesOn) {
    return worked -> {
      long rest = Math.max(REST_MIN.toNanos(), 3 * worked.toNanos());
      if (goesOn.getAsBoolean()) {
        LockSupport.parkNanos(rest);
      }
      return goesOn.getAsBoolean();
    };
  }

  /**
   * The keeping of a store's rows.
   *
   * @param running gives the ids of the requests that stand in a journal now
   */
  public Retention(DataSource dataSource, Supplier<Set<String>> running, Keep keep) {
    this(dataSource, running, keep, InstantSource.system());
  }

  Retention(DataSource dataSource, Supplier<Set<String>> running, Keep keep, InstantSource clock) {
    this.sql = new Sql(dataSource);
    this.running = running;
    this.keep = keep;
    this.clock = clock;
  }

  /**
   * Moves all that are too old, in whole days of UTC, or until it is told to stop.
   *
   * @throws AccountException if the database or the archive fails, or somebody else archives now
   */
  public Done run(Pace pace) {
    Path folder = keep.archive();
    try (Archive archive = folder == null ? null : Archive.open(folder)) {
      return new Run(archive, pace).all();
    } catch (IOException e) {
      throw failed(e);
    } catch (UncheckedIOException e) {
      throw failed(Objects.requireNonNull(e.getCause()));
    }
  }

  private static AccountException failed(IOException e) {
    return new AccountException(
        Why.STORE, "Old requests cannot be moved: " + OwnFile.reason(e) + ".", e);
  }

  /** Ends a run in the middle. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** One run. */
  private final class Run {
    private final @Nullable Archive archive;
    private final Pace pace;
    private long began = System.nanoTime();
    private long rows;
    private int files;

    Run(@Nullable Archive archive, Pace pace) {
      this.archive = archive;
      this.pace = pace;
    }

    Done all() throws IOException {
      Instant end = clock.instant().minus(keep.time());
      long until = LocalDate.ofInstant(end, ZoneOffset.UTC).toEpochDay() * DAY_MICROS;
      try {
        for (Long first = first(Long.MIN_VALUE, until); first != null; ) {
          long day = Math.floorDiv(first, DAY_MICROS);
          day(day);
          first = first((day + 1) * DAY_MICROS, until);
        }
      } catch (Stopped e) {
        // The next run goes on.
      }
      return new Done(rows, files);
    }

    private @Nullable Long first(long from, long until) {
      return sql.first(
          """
          SELECT recorded_us FROM requests WHERE recorded_us >= ? AND recorded_us < ?
          ORDER BY recorded_us LIMIT 1""",
          row -> row.getLong(1),
          from,
          until);
    }

    private void day(long day) throws IOException {
      if (archive == null) {
        fold(new Stored(day, this::rest)::next);
        return;
      }
      var stored = new Stored(day, this::rest);
      Path file = archive.write(LocalDate.ofEpochDay(day).toString(), stored.head(), stored::next);
      files++;
      try (CsvFile written = CsvFile.open(file)) {
        fold(written::next);
      }
    }

    /** Moves what stands in an archive, and no other row: one that comes late waits. */
    private void fold(Archive.Rows all) throws IOException {
      // Read before the rows: a start that wrote the row of a killed request has emptied its
      // journal only afterwards.
      Set<String> kept = running.get();
      List<String> ids = new ArrayList<>();
      for (CsvRow row = all.next(); row != null; row = all.next()) {
        ids.add(row.id());
        if (ids.size() == DaySums.TOGETHER) {
          rows += DaySums.fold(sql, ids, kept);
          ids.clear();
          rest();
        }
      }
      rows += DaySums.fold(sql, ids, kept);
      rest();
    }

    private void rest() {
      boolean goesOn = pace.rest(Duration.ofNanos(System.nanoTime() - began));
      began = System.nanoTime();
      if (!goesOn) {
        throw new Stopped();
      }
    }
  }

  /** The rows of a day of UTC, read a part at a time: no long reading keeps the log from ending. */
  private final class Stored {
    private static final String ROWS =
        """
        SELECT recorded_us, request_id, requests.*, organisation_id
        FROM requests LEFT JOIN keys ON keys.id = key_id
          LEFT JOIN projects
            ON projects.id = coalesce(requests.project_id, keys.project_id, 'proj_default')
        WHERE (recorded_us, request_id) > (?, ?) AND recorded_us < ?
        ORDER BY recorded_us, request_id LIMIT ?""";

    private final Queue<CsvRow> read = new ArrayDeque<>();
    private final Runnable rest;
    private final long until;
    private long micros;
    private String id = "";

    Stored(long day, Runnable rest) {
      this.rest = rest;
      this.micros = day * DAY_MICROS;
      this.until = (day + 1) * DAY_MICROS;
    }

    String head() {
      return sql.on(
          on -> {
            try (var ask = on.prepareStatement(ROWS)) {
              return Csv.line(List.copyOf(columns(ask.getMetaData()).keySet()));
            }
          });
    }

    @Nullable CsvRow next() {
      if (read.isEmpty()) {
        read.addAll(sql.list(ROWS, Retention::row, micros, id, until, DaySums.TOGETHER));
        rest.run();
      }
      CsvRow row = read.poll();
      if (row != null) {
        micros = row.micros();
        id = row.id();
      }
      return row;
    }
  }

  /** Each name once, with the first of its places. */
  private static Map<String, Integer> columns(ResultSetMetaData rows) throws SQLException {
    Map<String, Integer> columns = new LinkedHashMap<>();
    for (int i = 1; i <= rows.getColumnCount(); i++) {
      columns.putIfAbsent(rows.getColumnLabel(i), i);
    }
    return columns;
  }

  private static CsvRow row(ResultSet row) throws SQLException {
    List<String> cells = new ArrayList<>();
    for (int column : columns(row.getMetaData()).values()) {
      String text = row.getString(column);
      cells.add(text == null ? "" : text);
    }
    return new CsvRow(row.getLong("recorded_us"), row.getString("request_id"), Csv.line(cells));
  }
}
