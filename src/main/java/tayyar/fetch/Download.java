package tayyar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Downloads one file: into a {@code .part} beside it, resumed where an earlier try broke off,
 * checked, then renamed into place.
 */
final class Download {
  private static final int TRIES_MAX = 5;
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final long TELL_NANOS = 200_000_000;

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private final Progress progress;

  Download(Progress progress) {
    this.progress = progress;
  }

  /**
   * Downloads.
   *
   * @param what its name for people
   * @throws FetchException if it can't be had, or is not what was expected
   */
  void get(String what, URI from, Checksum checksum, Path to) {
    Path part = to.resolveSibling(to.getFileName() + ".part");
    Path tag = to.resolveSibling(to.getFileName() + ".tag");
    try {
      Files.createDirectories(to.toAbsolutePath().getParent());
      fill(what, from, part, tag);
      if (!checksum.fits(part)) {
        Files.delete(part);
        throw new FetchException(
            "The download of " + what + " is not what was expected (wrong checksum); try again.");
      }
      Files.deleteIfExists(tag);
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      progress.done(what);
    } catch (IOException e) {
      throw new FetchException(
          what + " can't be downloaded: " + reason(e) + ". Is the network there?", e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Tries again from where it broke off, as long as each try brings something. */
  private void fill(String what, URI from, Path part, Path tag) throws IOException {
    for (int attempt = 1; ; attempt++) {
      long before = size(part);
      try {
        if (append(what, from, part, tag)) {
          return;
        }
      } catch (IOException e) {
        if (attempt >= TRIES_MAX || size(part) <= before) {
          throw e;
        }
      }
    }
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** Returns false where what was there had to be thrown away. */
  private boolean append(String what, URI from, Path part, Path tag) throws IOException {
    long have = size(part);
    var request = HttpRequest.newBuilder(from).header("Accept-Encoding", "identity");
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
      if (Files.exists(tag)) {
        request.header("If-Range", Files.readString(tag));
      }
    }
    HttpResponse<InputStream> response = send(request.build());
    try (InputStream body = response.body()) {
      switch (response.statusCode()) {
        case 200 -> {
          Files.deleteIfExists(part);
          have = 0;
        }
        case 206 -> {}
        case 416 -> {
          Files.deleteIfExists(part);
          return false;
        }
        default -> throw new IOException("the server answered " + response.statusCode());
      }
      remember(response, tag);
      long rest = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      copy(what, body, part, have, rest < 0 ? -1 : have + rest);
    }
    return true;
  }

  private static void remember(HttpResponse<?> response, Path tag) throws IOException {
    String etag = response.headers().firstValue("ETag").orElse("");
    if (etag.startsWith("\"")) {
      Files.writeString(tag, etag);
    } else {
      Files.deleteIfExists(tag);
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void copy(String what, InputStream body, Path part, long have, long all)
      throws IOException {
    long bytes = have;
    long told = 0;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      var buffer = new byte[64 * 1024];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        out.write(buffer, 0, n);
        bytes += n;
        if (System.nanoTime() - told > TELL_NANOS) {
          told = System.nanoTime();
          progress.at(what, bytes, all);
        }
      }
    }
    if (all >= 0 && bytes < all) {
      throw new IOException("the connection broke after " + bytes + " of " + all + " bytes");
    }
    progress.at(what, bytes, all);
  }
}
