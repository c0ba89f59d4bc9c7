package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.FileServer;

@Tag("socket")
@Timeout(30)
final class DownloadTest {
  private static final int SIZE = 300_000;

  @TempDir private Path folder;
  private final byte[] bytes = new byte[SIZE];
  private FileServer server;
  private Path to;

  @BeforeEach
  void start() throws IOException {
    new Random(7).nextBytes(bytes);
    server = new FileServer();
    to = folder.resolve("below").resolve("file.bin");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void get(Checksum checksum) {
    new Download(new Web(Hub.NONE), Progress.NONE)
        .get("the file", URI.create(server.put("/file.bin", bytes)), checksum, to);
  }

  private static Checksum sum(byte[] of) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(of);
      return Checksum.sha256(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertAlone() throws IOException {
    assertThat(to).hasBinaryContent(bytes);
    try (Stream<Path> files = Files.list(to.getParent())) {
      assertThat(files).containsExactly(to);
    }
  }

  @Test
  void bringsAllAndLeavesNothingElse() throws IOException {
    get(sum(bytes));

    assertAlone();
    assertThat(server.asked()).containsExactly("/file.bin");
  }

  @Test
  void goesOnWhereItBrokeOff() throws IOException {
    server.breakAfter(100_000, 50_000);
    get(sum(bytes));

    assertAlone();
    assertThat(server.asked()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(server.asked().getLast()).matches("/file.bin bytes=[1-9]\\d+-");
  }

  @Test
  void goesOnInALaterRun() throws IOException {
    Files.createDirectories(to.getParent());
    Files.write(part(), java.util.Arrays.copyOf(bytes, 120_000));
    get(sum(bytes));

    assertAlone();
    assertThat(server.asked()).containsExactly("/file.bin bytes=120000-");
  }

  @Test
  void restartsWhereTheServerKnowsNoRanges() throws IOException {
    server.noRanges();
    server.breakAfter(100_000);
    get(sum(bytes));

    assertAlone();
    assertThat(server.asked()).hasSize(2);
  }

  @Test
  void restartsWhereTheFileHasChanged() throws IOException {
    server.etag("\"one\"");
    server.breakAfter(100_000, 0, 0, 0);
    assertThatThrownBy(() -> get(Checksum.NONE)).isInstanceOf(FetchException.class);
    bytes[5]++;
    server.etag("\"two\"");
    get(Checksum.NONE);

    assertAlone();
  }

  @Test
  void restartsWhereNothingTellsWhetherTheFileHasChanged() throws IOException {
    server.breakAfter(100_000);
    get(Checksum.NONE);

    assertAlone();
    assertThat(server.asked()).containsExactly("/file.bin", "/file.bin");
  }

  @Test
  void takesWhatWasWholeAlready() throws IOException {
    Files.createDirectories(to.getParent());
    Files.write(part(), bytes);
    get(sum(bytes));

    assertAlone();
    assertThat(server.asked()).containsExactly("/file.bin bytes=300000-");
  }

  @Test
  void restartsWhereThereWasTooMuch() throws IOException {
    Files.createDirectories(to.getParent());
    Files.write(part(), new byte[SIZE + 1]);
    get(sum(bytes));

    assertAlone();
    assertThat(server.asked()).containsExactly("/file.bin bytes=300001-", "/file.bin");
  }

  @Test
  void refusesWhatIsNotExpected() throws IOException {
    assertThatThrownBy(() -> get(sum(new byte[1])))
        .isInstanceOf(FetchException.class)
        .hasMessage(
            "The download of the file is not what was expected (wrong checksum); try again.");
    try (Stream<Path> files = Files.list(to.getParent())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void refusesWhatIsTooShortButKeepsItForLater() throws IOException {
    server.breakAfter(200_000, 0, 0, 0);

    assertThatThrownBy(() -> get(sum(bytes)))
        .isInstanceOf(FetchException.class)
        .hasMessage("the file can't be downloaded: the connection broke.");
    assertThat(to).doesNotExist();
    assertThat(Files.size(part())).isBetween(1L, 200_000L);
    get(sum(bytes));
    assertAlone();
  }

  @Test
  void givesUpOnAServerThatFallsSilent() {
    server.silent(true);
    server.breakAfter(1_000, 1_000, 0, 0, 0);

    assertThatThrownBy(
            () ->
                new Download(new Web(Hub.NONE), Progress.NONE, Duration.ofMillis(100))
                    .get("the file", URI.create(server.put("/file.bin", bytes)), sum(bytes), to))
        .hasMessage("the file can't be downloaded: the server says nothing.");
  }

  @Test
  void saysWhatTheServerAnswered() {
    assertThatThrownBy(
            () ->
                new Download(new Web(Hub.NONE), Progress.NONE)
                    .get("the file", URI.create(server.base() + "/nothing"), Checksum.NONE, to))
        .hasMessage("the file can't be downloaded: the server answered 404.");
  }

  @Test
  void saysThatNobodyIsThere() throws IOException {
    int port;
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    assertThatThrownBy(
            () ->
                new Download(new Web(Hub.NONE), Progress.NONE)
                    .get("the file", URI.create("http://127.0.0.1:" + port), Checksum.NONE, to))
        .hasMessage(
            "the file can't be downloaded: 127.0.0.1 can't be reached. Is the network there?");
  }

  @Test
  void tellsHowFarItIs() {
    List<String> told = new ArrayList<>();
    var progress =
        new Progress() {
          @Override
          public void at(String what, long bytes, long ofBytes) {
            told.add(what + " " + bytes + " of " + ofBytes);
          }

          @Override
          public void done(String what) {
            told.add(what + " done");
          }
        };
    server.breakAfter(100_000);
    new Download(new Web(Hub.NONE), progress)
        .get("it", URI.create(server.put("/file.bin", bytes)), sum(bytes), to);

    assertThat(told).endsWith("it 300000 of 300000", "it done");
    assertThat(told).allMatch(line -> line.endsWith(" of 300000") || line.endsWith(" done"));
  }

  @Test
  void keepsWhatWasThereWhenItFails() throws IOException {
    Files.createDirectories(to.getParent());
    Files.write(to, "before".getBytes(UTF_8));

    assertThatThrownBy(() -> get(sum(new byte[1]))).isInstanceOf(FetchException.class);
    assertThat(to).hasContent("before");
  }

  private Path part() {
    return folder.resolve("below").resolve("file.bin.part");
  }
}
