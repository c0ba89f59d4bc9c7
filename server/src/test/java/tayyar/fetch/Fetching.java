package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.FileServer;

/** A cache, a server to fill it from, and programs that say what lies where. */
@Tag("socket")
@Timeout(60)
abstract class Fetching {
  static final String PLATFORM =
      Fetcher.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
  private static final String LIBRARIES =
      "%s  libggml.so\n%s  libllama.so\n"
          .formatted(sha256("ggml").digest(), sha256("llama").digest());
  static final String GO_ON = "To go on without it, give a folder with llama.cpp's";

  @TempDir Path folder;
  Path cache;
  Programs programs;
  FileServer server;

  @BeforeEach
  final void start() throws IOException {
    cache = folder.resolve("cache");
    programs = Programs.in(folder.resolve("bin")).with("cat", "exec /bin/cat");
    server = new FileServer();
  }

  @AfterEach
  final void stop() {
    server.close();
  }

  final Fetcher fetcher(byte[] natives, byte[] wheel) {
    Map<String, String> environment = new HashMap<>(programs.environment());
    environment.put("HF_ENDPOINT", server.base() + "/");
    var integrity = "sha512-" + Base64.getEncoder().encodeToString(digest("SHA-512", natives));
    var pins =
        new Pins(
            "llama-1",
            "@natives",
            "1.2.3",
            Map.of(PLATFORM, new Pins.Natives(Checksum.integrity(integrity), LIBRARIES)),
            "a-wheel",
            "0.1",
            Checksum.sha256(HexFormat.of().formatHex(digest("SHA-256", wheel))),
            "default.gguf",
            sha256("GGUF"));
    return new Fetcher(new Cache(cache), Progress.NONE, environment, pins);
  }

  final Fetcher fetcher() {
    return fetcher(new byte[0], new byte[0]);
  }

  private static Checksum sha256(String text) {
    return Checksum.sha256(HexFormat.of().formatHex(digest("SHA-256", text.getBytes(UTF_8))));
  }

  static byte[] digest(String algorithm, byte[] of) {
    try {
      return MessageDigest.getInstance(algorithm).digest(of);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  final List<String> leftBehind() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".lock") && !name.endsWith(".sums"))
          .sorted()
          .toList();
    }
  }

  static byte[] nativesArchive() throws IOException {
    String bins = "package/bins/" + PLATFORM + "/";
    return new Packed()
        .file("package/package.json", "{}")
        .file(bins + "libllama.so", "llama")
        .file(bins + "libggml.so", "ggml")
        .file(bins + "llama-addon.node", "not wanted")
        .tgz();
  }
}
