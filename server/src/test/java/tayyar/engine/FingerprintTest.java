package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FingerprintTest {
  @TempDir private Path folder;

  private static String of(String build, Path file) {
    return new String(Fingerprint.of(build, file).json(), UTF_8);
  }

  @Test
  void changesWithTheBuildAndWithTheFileAlone() throws IOException {
    byte[] content = new byte[1 << 20];
    Path file = Files.write(folder.resolve("a"), content);
    String first = of("1", file);
    assertThat(first).matches("\"fp_[0-9a-f]{12}\"");
    assertThat(of("1", Files.write(folder.resolve("b"), content))).isEqualTo(first);
    assertThat(of("2", file)).isNotEqualTo(first);
    for (int at : new int[] {0, content.length / 2, content.length - 1}) {
      byte[] other = content.clone();
      other[at] = 1;
      assertThat(of("1", Files.write(folder.resolve("c"), other))).isNotEqualTo(first);
    }
    assertThat(of("1", Files.write(folder.resolve("c"), new byte[content.length + 1])))
        .isNotEqualTo(first);
  }

  @Test
  void aFileMayBeSmallButMustBeThere() throws IOException {
    assertThat(of("1", Files.write(folder.resolve("d"), new byte[3]))).startsWith("\"fp_");
    assertThatThrownBy(() -> of("1", folder.resolve("e"))).isInstanceOf(EngineException.class);
  }
}
