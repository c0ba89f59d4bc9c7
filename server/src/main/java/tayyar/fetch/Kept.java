package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file in the cache, or a folder of libraries, that must stay what it was. A memo beside it holds
 * each file's SHA-256 with the size and the time that it was read at; a start reads a file whole
 * only where these differ.
 *
 * @param thing the file, or the folder
 * @param sums SHA-256 by file name; a file that is not named is to stay what the memo says
 */
record Kept(Path thing, Map<String, String> sums) {

  /** The memo of a file; its time is in nanoseconds. */
  private record Seen(String sha256, long size, long time) {
    private boolean at(long otherSize, long otherTime) {
      return size == otherSize && time == otherTime;
    }

    private String line(String name) {
      return sha256 + " " + size + " " + time + " " + name + "\n";
    }
  }

  static Kept file(Path file, Checksum sum) {
    String name = String.valueOf(file.getFileName());
    return new Kept(file, sum.digest().isEmpty() ? Map.of() : Map.of(name, sum.digest()));
  }

  boolean there() {
    return Files.exists(thing);
  }

  /**
   * The first file that is not what it must be; empty where there is none.
   *
   * @throws FetchException if libraries lie among the known ones that would be loaded with them
   */
  String changed() {
    boolean folder = Files.isDirectory(thing);
    if (folder) {
      refuseOthers();
    }
    Map<String, Seen> before = remembered();
    Map<String, Seen> now = new LinkedHashMap<>();
    boolean same = true;
    for (String name : folder ? sums.keySet() : Set.of(String.valueOf(thing.getFileName()))) {
      Path file = folder ? thing.resolve(name) : thing;
      Seen was = before.get(name);
      try {
        Seen is = look(file, was);
        String wanted = sums.getOrDefault(name, (was == null ? is : was).sha256);
        if (!is.sha256.equals(wanted)) {
          return file.toString();
        }
        now.put(name, is);
        same &= was != null && was.at(is.size, is.time);
      } catch (IOException e) {
        return file.toString();
      }
    }
    if (!same || now.size() != before.size()) {
      remember(now);
    }
    return "";
  }

  /** llama.cpp looks through the folder and loads what is called like a part of it. */
  private void refuseOthers() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(thing)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean library = name.contains(".so") || name.contains(".dylib");
        if (library && !sums.containsKey(name)) {
          throw new FetchException(
              "The folder '%s' holds %s, which is none of the libraries that were fetched. Delete it there; libraries of your own go to a folder that is named by 'natives' or TAYYAR_NATIVES."
                  .formatted(thing, name));
        }
      }
    } catch (IOException e) {
      throw new FetchException("The folder '" + thing + "' can't be read: " + e.getMessage(), e);
    }
  }

  private static Seen look(Path file, @Nullable Seen was) throws IOException {
    var is = Files.readAttributes(file, BasicFileAttributes.class);
    long time = is.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    return was != null && was.at(is.size(), time)
        ? was
        : new Seen(Checksum.sha256(file), is.size(), time);
  }

  private Path memo() {
    return thing.resolveSibling(thing.getFileName() + ".sums");
  }

  private Map<String, Seen> remembered() {
    Map<String, Seen> known = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(memo())) {
        String[] parts = line.split(" ", 4);
        known.put(parts[3], new Seen(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2])));
      }
      return known;
    } catch (IOException | RuntimeException e) {
      return Map.of(); // There is none, or none that can be read: the files are.
    }
  }

  /** A cache that can't be written is as good: its files are read whole at each start. */
  private void remember(Map<String, Seen> files) {
    var lines = new StringBuilder();
    files.forEach((name, seen) -> lines.append(seen.line(name)));
    try {
      String own = ProcessHandle.current().pid() + "-" + Thread.currentThread().threadId();
      Path fresh = memo().resolveSibling(memo().getFileName() + "." + own);
      Files.write(fresh, lines.toString().getBytes(UTF_8));
      Files.move(
          fresh, memo(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      return;
    }
  }

  /** Forgets the memo of what lies there now. */
  void forget() throws IOException {
    Files.deleteIfExists(memo());
  }
}
