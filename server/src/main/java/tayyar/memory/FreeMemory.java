package tayyar.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The memory that is free for one more program: of the machine, or of the control groups (version
 * 2) that this process is in, where these give less.
 *
 * @param root of the file system
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2</a>
 */
public record FreeMemory(Path root) {
  /** This machine's. */
  public static final FreeMemory HERE = new FreeMemory(Path.of("/"));

  private static final long UNKNOWN = -1;

  /** Bytes; -1 where that can't be found out. */
  public long bytes() {
    long free = kilobytes("MemAvailable:") * 1024;
    return free < 0 ? UNKNOWN : Math.max(0, least(free, FreeMemory::left));
  }

  /** Bytes that there are at all, free or not; -1 where that can't be found out. */
  public long total() {
    long all = kilobytes("MemTotal:") * 1024;
    return all < 0 ? UNKNOWN : least(all, FreeMemory::most);
  }

  /** The least that the machine and each of the groups give. */
  private long least(long ofMachine, ToLongFunction<Path> ofGroup) {
    long least = ofMachine;
    Path mount = root.resolve("sys/fs/cgroup");
    for (Path group = group(mount);
        group != null && group.startsWith(mount);
        group = group.getParent()) {
      least = Math.min(least, ofGroup.applyAsLong(group));
    }
    return least;
  }

  private long kilobytes(String name) {
    return number(lines(root.resolve("proc/meminfo")), name);
  }

  private static long most(Path group) {
    long most = number(lines(group.resolve("memory.max")), "");
    return most < 0 ? Long.MAX_VALUE : most;
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
    long most = most(group);
    long used = number(lines(group.resolve("memory.current")), "");
    if (most == Long.MAX_VALUE || used < 0) {
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
