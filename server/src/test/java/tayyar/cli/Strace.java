package tayyar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tayyar.testing.Given;

/** strace, which counts the system calls of some threads of a process from now on. */
final class Strace implements AutoCloseable {
  private final Process process;
  private final Path counted;

  private Strace(Process process, Path counted) {
    this.process = process;
    this.counted = counted;
  }

  /**
   * Counts for all threads whose name begins so. The test is skipped, or fails in CI, where there
   * is no strace or the kernel does not let it look.
   */
  static Strace of(long pid, String threads) throws IOException {
    Path counted = Files.createTempFile("tayyar-strace", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Given.program("strace").toString());
    command.addAll(List.of("-c", "-U", "calls,name", "-o", counted.toString()));
    List<String> ids = threads(pid, threads);
    assertThat(ids).as("threads named " + threads).isNotEmpty();
    ids.forEach(id -> command.addAll(List.of("-p", id)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var strace = new Strace(process, counted);
    strace.awaitAttached(ids.size());
    return strace;
  }

  private static List<String> threads(long pid, String name) throws IOException {
    List<String> ids = new ArrayList<>();
    try (var tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : (Iterable<Path>) tasks::iterator) {
        if (Files.readString(task.resolve("comm")).startsWith(name)) {
          ids.add(task.getFileName().toString());
        }
      }
    }
    return ids;
  }

  private void awaitAttached(int threads) throws IOException {
    BufferedReader said = process.inputReader(UTF_8);
    int attached = 0;
    while (attached < threads) {
      String line = said.readLine();
      if (line == null || !line.endsWith(" attached")) {
        close();
        throw Given.missing("strace can't attach: " + line);
      }
      attached++;
    }
  }

  /** Lets the threads go; returns how often each system call was made. */
  Map<String, Long> counts() throws IOException, InterruptedException {
    process.destroy();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("strace ends").isTrue();
    Map<String, Long> counts = new TreeMap<>();
    for (String line : Files.readAllLines(counted)) {
      String[] columns = line.strip().split(" +", -1);
      if (columns.length == 2 && columns[0].chars().allMatch(Character::isDigit)) {
        counts.put(columns[1], Long.parseLong(columns[0]));
      }
    }
    counts.remove("total");
    return counts;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(counted);
  }
}
