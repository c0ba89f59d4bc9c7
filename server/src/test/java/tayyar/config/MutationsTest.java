package tayyar.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Cases;

/** Whatever stands in the file: it is read, or refused with a sentence, and nothing else. */
final class MutationsTest {
  private static final String GOOD =
      ConfigTest.SAMPLE
          + """
          transport: auto
          loops: 2
          natives: ~/natives
          bounds: { bodyBytesMax: 1MiB, streamsMax: 10 }
          deadlines:
            firstToken: 30s
            drain: 0
          engine: { slots: 4, prefixCache: true, batch: 512 }
          """;

  private static final String[] PIECES = {
    "\0",
    "\"\\0\"",
    "\t",
    "\n",
    "\r",
    "\u2028",
    "\ufeff",
    "\u0085",
    "\ud83d\ude00",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    ", ",
    "#",
    "&a ",
    "*a",
    "!!binary ",
    "!!int ",
    "!x ",
    "<<: ",
    "? ",
    "| ",
    ">\n",
    "%",
    "---\n",
    "...\n",
    "@",
    "`",
    "~",
    "null",
    "true",
    "-1",
    "0x10",
    "1e9",
    ".inf",
    "999999999999999999",
    "${HOME}",
    "file:",
    "file:\"\\0\"",
    "http://[",
    "sqlite:",
    "[".repeat(3_000),
    "{a: ".repeat(3_000),
    "x".repeat(100_000)
  };

  @TempDir private Path folder;

  @Test
  void aMutatedFileIsReadOrRefused() {
    var configs = new Configs(folder).set("VLLM_KEY", "secret-3");
    assertThat(configs.read(GOOD).models()).hasSize(2);
    Cases.times(
        600,
        random -> {
          var text = new StringBuilder(GOOD);
          for (int i = random.nextInt(1, 4); i > 0; i--) {
            mutate(text, random);
          }
          check(() -> configs.read(text.toString()));
        });
  }

  @Test
  void bytesAreReadOrRefused() throws IOException {
    var configs = new Configs(folder).set("VLLM_KEY", "secret-3");
    byte[] good = GOOD.getBytes(UTF_8);
    Cases.times(
        200,
        random -> {
          byte[] bytes = good.clone();
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          Files.write(configs.file(), bytes);
          check(() -> configs.flags(configs.file().toString(), "", "", "", ""));
        });
  }

  @Test
  void aVariableIsReadOrRefused() {
    String[] names = {
      "TAYYAR_LISTEN",
      "TAYYAR_STORE",
      "TAYYAR_NATIVES",
      "TAYYAR_CONFIG",
      "TAYYAR_MODEL",
      "HOME",
      "XDG_DATA_HOME",
      "TAYYAR_LOOPS",
      "TAYYAR_DEADLINES_TOTAL",
      "TAYYAR_BOUNDS_BODY_BYTES_MAX",
      "VLLM_KEY"
    };
    Cases.times(
        300,
        random -> {
          var configs = new Configs(folder).set("VLLM_KEY", "secret-3");
          configs.set(Cases.one(random, names), Cases.one(random, PIECES));
          check(() -> configs.read(GOOD));
          check(configs::none);
        });
  }

  private static void check(Runnable read) {
    try {
      read.run();
    } catch (ConfigException e) {
      assertThat(e).hasMessageEndingWith(".");
      assertThat(e.getMessage()).doesNotContain("secret-3").hasSizeLessThan(1_000);
    }
  }

  private static void mutate(StringBuilder text, RandomGenerator random) {
    int at = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + random.nextInt(12));
    switch (random.nextInt(4)) {
      case 0 -> text.insert(at, Cases.one(random, PIECES));
      case 1 -> text.delete(at, to);
      case 2 -> text.replace(at, to, Cases.one(random, PIECES));
      default -> text.insert(at, text.substring(at, to));
    }
  }
}
