package tayyar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Downloads one file: into a {@code .part} beside it, resumed where an earlier try broke off,
 * checked, then renamed into place. What tells one state of the file at the server from another
 * (its ETag, or else its date) is kept in a {@code .tag}.
 */
final class Download {
  private static final int FRUITLESS_MAX = 3;
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final long TELL_NANOS = 200_000_000;

  private final Web web;
  private final Progress progress;
  private final Duration silence;

  /** From anywhere; the token goes where {@link Web} lets it. */
  Download(Web web, Progress progress) {
    this(web, progress, SILENCE);
  }

  /**
   * With another patience.
   *
   * @param silence how long a server may say nothing
   */
  Download(Web web, Progress progress, Duration silence) {
    this.web = web;
    this.progress = progress;
    this.silence = silence;
  }

  private record Parts(Path part, Path tag) {
    static Parts of(Path to) {
      return new Parts(
          to.resolveSibling(to.getFileName() + ".part"),
          to.resolveSibling(to.getFileName() + ".tag"));
    }

    long size() throws IOException {
      return Files.exists(part) ? Files.size(part) : 0;
    }

    void delete() throws IOException {
      Files.deleteIfExists(part);
      Files.deleteIfExists(tag);
    }
  }

  /**
   * Downloads.
   *
   * @param what its name for people
   * @throws FetchException if it can't be had, or is not what was expected
   */
  void get(String what, URI from, Checksum checksum, Path to) {
    Parts parts = Parts.of(to);
    try {
      Files.createDirectories(to.toAbsolutePath().getParent());
      fill(what, from, !checksum.digest().isEmpty(), parts);
      if (!checksum.fits(parts.part)) {
        parts.delete();
        throw new FetchException(
            "The download of " + what + " is not what was expected (wrong checksum); try again.");
      }
      Files.deleteIfExists(parts.tag);
      Files.move(
          parts.part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      progress.done(what);
    } catch (IOException e) {
      throw new FetchException(what + " can't be downloaded: " + Web.reason(e, from), e);
    }
  }

  /** Tries again from where it broke off, until several tries in a row brought nothing. */
  private void fill(String what, URI from, boolean checked, Parts parts) throws IOException {
    for (int fruitless = 0; ; ) {
      long before = parts.size();
      try {
        append(what, from, checked, parts);
        return;
      } catch (Broken e) {
        fruitless = parts.size() > before ? 0 : fruitless + 1;
        if (fruitless == FRUITLESS_MAX) {
          throw e;
        }
      }
    }
  }

  /** Another try may go further. */
  private static final class Broken extends IOException {
    private static final long serialVersionUID = 1L;

    Broken(String message, @Nullable IOException cause) {
      super(message, cause);
    }
  }

  private void append(String what, URI from, boolean checked, Parts parts) throws IOException {
    boolean tagged = Files.exists(parts.tag);
    long have = parts.size();
    Map<String, String> fields = new HashMap<>();
    // Without a checksum, only a server that knows its file again can be trusted to go on with it.
    if (have > 0 && (tagged || checked)) {
      fields.put("Range", "bytes=" + have + "-");
      if (tagged) {
        fields.put("If-Range", Files.readString(parts.tag));
      }
    }
    HttpResponse<InputStream> response = send(from, fields);
    try (InputStream body = response.body()) {
      if (response.statusCode() == 416 && range(response).equals("bytes */" + have)) {
        return;
      }
      long start = start(response, have, parts);
      remember(response, parts.tag);
      long rest = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      checkRoom(parts.part, rest);
      copy(what, body, parts.part, start, rest < 0 ? -1 : start + rest);
    }
  }

  /** The place in the file where the body begins; what lies behind it is thrown away. */
  private static long start(HttpResponse<?> response, long have, Parts parts) throws IOException {
    switch (response.statusCode()) {
      case 200 -> {
        parts.delete();
        return 0;
      }
      case 206 -> {
        if (range(response).startsWith("bytes " + have + "-")) {
          return have;
        }
      }
      case 416 -> {}
      default -> throw new IOException("the server answered " + response.statusCode());
    }
    parts.delete();
    throw new Broken("the server has another file than before", null);
  }

  private static String range(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Range").orElse("");
  }

  private static void remember(HttpResponse<?> response, Path tag) throws IOException {
    String etag = response.headers().firstValue("ETag").orElse("");
    String date = response.headers().firstValue("Last-Modified").orElse("");
    String known = etag.startsWith("\"") ? etag : date;
    if (known.isEmpty()) {
      Files.deleteIfExists(tag);
    } else {
      Files.writeString(tag, known);
    }
  }

  /** Before a byte is written, so that a full disk is told at once and not after hours. */
  private static void checkRoom(Path part, long rest) throws IOException {
    Path folder = part.toAbsolutePath().getParent();
    long room = Files.getFileStore(folder).getUsableSpace();
    if (rest > room) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the disk of '%s' has room for %.1f GB, and %.1f GB are to come",
              folder,
              room / 1e9,
              rest / 1e9));
    }
  }

  private HttpResponse<InputStream> send(URI from, Map<String, String> fields) throws IOException {
    try {
      return web.get(from, fields, silence);
    } catch (ConnectException | HttpTimeoutException | SSLException e) {
      throw e;
    } catch (Web.Astray e) {
      throw e;
    } catch (IOException e) {
      // An answer that breaks off right behind its head can be told here already.
      throw new Broken("the connection broke", e);
    }
  }

  private void copy(String what, InputStream body, Path part, long have, long all)
      throws IOException {
    long bytes = have;
    long told = 0;
    try (Silence since = Silence.of(body, silence);
        OutputStream out =
            Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      var buffer = new byte[64 * 1024];
      for (int n = read(body, buffer, since); n >= 0; n = read(body, buffer, since)) {
        out.write(buffer, 0, n);
        bytes += n;
        if (System.nanoTime() - told > TELL_NANOS) {
          told = System.nanoTime();
          progress.at(what, bytes, all);
        }
      }
    }
    progress.at(what, bytes, all);
  }

  private int read(InputStream body, byte[] buffer, Silence since) throws IOException {
    try {
      int n = body.read(buffer);
      since.broken();
      return n;
    } catch (IOException e) {
      String why = since.tooLong() ? "the server says nothing" : "the connection broke";
      throw new Broken(why, e);
    }
  }
}
