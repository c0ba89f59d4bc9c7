package tayyar.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory that is free for one more program: of the machine, or of the control groups (version
 * 2) that this process is in, where these give less.
 *
 * @param root of the file system
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2</a>
 */
record FreeMemory(Path root) {
  static final FreeMemory HERE = new FreeMemory(Path.of("/"));

  private static final long UNKNOWN = -1;

  /** Bytes; -1 where that can't be found out. */
  long bytes() {
    long free = kilobytes() * 1024;
    if (free < 0) {
      return UNKNOWN;
    }
    Path mount = root.resolve("sys/fs/cgroup");
    for (Path group = group(mount);
        group != null && group.startsWith(mount);
        group = group.getParent()) {
      free = Math.min(free, left(group));
    }
    return Math.max(0, free);
  }

  private long kilobytes() {
    return number(lines(root.resolve("proc/meminfo")), "MemAvailable:");
  }

  /** The group of this process, as far as it can be seen from here. */
  private Path group(Path mount) {
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        Path own = mount.resolve(line.substring("0::/".length())).normalize();
        return own.startsWith(mount) && Files.isDirectory(own) ? own : mount;
      }
    }
    return mount;
  }

  /** What a group leaves; caches of files that it counts are given back when memory is wanted. */
  private static long left(Path group) {
    long most = number(lines(group.resolve("memory.max")), "");
    long used = number(lines(group.resolve("memory.current")), "");
    if (most < 0 || used < 0) {
      return Long.MAX_VALUE;
    }
    long caches = Math.max(0, number(lines(group.resolve("memory.stat")), "inactive_file"));
    return Math.max(0, most - Math.max(0, used - caches));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static long number(List<String> lines, String name) {
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      String first =
          name.isEmpty() ? words[0] : words.length > 1 && words[0].equals(name) ? words[1] : "";
      if (first.matches("\\d{1,18}")) {
        return Long.parseLong(first);
      }
    }
    return UNKNOWN;
  }
}
