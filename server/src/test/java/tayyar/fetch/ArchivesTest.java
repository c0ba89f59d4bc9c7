package tayyar.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Cases;

final class ArchivesTest {
  @TempDir private Path outside;
  private Path folder;
  private Path archive;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(outside.resolve("folder"));
    archive = outside.resolve("archive");
  }

  private int tar(byte[] bytes) throws IOException {
    Files.write(archive, bytes);
    return Archives.tarGz(archive, name -> name.endsWith(".so"), folder);
  }

  private void assertNothingOutside() throws IOException {
    try (Stream<Path> files = Files.walk(outside)) {
      assertThat(files.filter(file -> !file.startsWith(folder)))
          .containsExactlyInAnyOrder(outside, archive);
    }
  }

  @Test
  void takesTheWantedFilesOfATar() throws IOException {
    var packed =
        new Packed()
            .file("package/bins/linux-x64/libone.so", "one")
            .file("package/readme.md", "no")
            .file("package/empty.so", "")
            .file("package/big.so", "x".repeat(1_000));

    assertThat(tar(packed.tgz())).isEqualTo(3);
    assertThat(folder.resolve("libone.so")).hasContent("one");
    assertThat(folder.resolve("empty.so")).isEmptyFile();
    assertThat(folder.resolve("big.so")).hasSize(1_000);
    assertThat(folder.resolve("readme.md")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../evil.so", "a/../../evil.so", "/evil.so", "../../../../../tmp/evil.so"})
  void noFileOfATarLeavesTheFolder(String name) throws IOException {
    assertThat(tar(new Packed().file(name, "evil").tgz())).isEqualTo(1);
    assertThat(folder.resolve("evil.so")).hasContent("evil");
    assertNothingOutside();
  }

  @Test
  void makesNoLinks() throws IOException {
    var packed = new Packed().link("a/link.so", outside.resolve("target").toString());

    assertThat(tar(packed.file("a/link.so/under.so", "evil").tgz())).isEqualTo(1);
    assertThat(folder.resolve("link.so")).doesNotExist();
    assertThat(folder.resolve("under.so")).isRegularFile();
    assertNothingOutside();
  }

  @Test
  void refusesATarThatEndsInTheMiddle() throws IOException {
    byte[] whole = new Packed().file("a.so", "x".repeat(2_000)).tar();

    assertThatThrownBy(() -> tar(Packed.gzip(Arrays.copyOf(whole, 1_000))))
        .isInstanceOf(IOException.class)
        .hasMessage("the archive ends in the middle of a file");
    assertThatThrownBy(() -> tar(Packed.gzip(Arrays.copyOf(whole, 300))))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-0000000010", "99999999999", "abc"})
  void refusesASizeThatIsNone(String size) {
    var tar = new ByteArrayOutputStream();
    tar.writeBytes(Packed.header("a.so", '0', "", size));
    tar.writeBytes(new byte[1024]);

    assertThatThrownBy(() -> tar(Packed.gzip(tar.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessage("the archive is damaged");
  }

  @Test
  void anyDamageIsAnIoException() throws IOException {
    byte[] whole = new Packed().file("a/b.so", "x".repeat(700)).file("c.so", "y").tar();
    Cases.times(
        500,
        random -> {
          byte[] damaged = whole.clone();
          for (int i = random.nextInt(1, 20); i > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
          }
          try {
            tar(Packed.gzip(damaged));
          } catch (IOException e) {
            assertThat(e).isNotNull();
          }
          assertNothingOutside();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/model.gguf", "../../model.gguf", "/tmp/model.gguf"})
  void takesOneFileOfAZipToWhereItIsWanted(String name) throws IOException {
    Files.write(archive, new Packed().file("a.txt", "no").file(name, "model").zip());
    Path file = folder.resolve("here");

    assertThat(Archives.zipEntry(archive, each -> each.endsWith(".gguf"), file)).isTrue();
    assertThat(file).hasContent("model");
    assertNothingOutside();
  }

  @Test
  void saysThatAZipHasNoSuchFile() throws IOException {
    Files.write(archive, new Packed().file("a.txt", "no").zip());

    assertThat(Archives.zipEntry(archive, each -> each.endsWith(".gguf"), folder.resolve("here")))
        .isFalse();
    assertThat(folder).isEmptyDirectory();
  }
}
