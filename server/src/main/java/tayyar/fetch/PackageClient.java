package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Asks npm and pip where a package's file is: they know their registries and their settings. */
final class PackageClient {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Client NPM = new Client("npm", "Node.js with npm");
  private static final Client PIP = new Client("pip", "Python with pip");

  /** The status of a shell, or of {@code env}, when the program is not there. */
  private static final int NOT_FOUND = 127;

  private final Map<String, String> environment;
  private final Duration most;

  private record Client(String name, String product) {
    FetchException missing() {
      return new FetchException(name + " is missing: install " + product + ".");
    }
  }

  /**
   * Asks by programs of this environment.
   *
   * @param most how long an answer may take
   */
  PackageClient(Map<String, String> environment, Duration most) {
    this.environment = environment;
    this.most = most;
  }

  /**
   * The address of an npm package's archive.
   *
   * @throws FetchException if npm is missing or does not know
   */
  URI npm(String name, String version) {
    JsonNode answer =
        ask(NPM, List.of("npm", "view", name + "@" + version, "dist.tarball", "--json"));
    return address(NPM, answer.isArray() ? answer.path(0) : answer);
  }

  /**
   * The address of a PyPI package's wheel. Of a package that has none, nothing is built: that would
   * run its code.
   *
   * @throws FetchException if pip is missing or does not know
   */
  URI pip(String name, String version) {
    var command =
        new ArrayList<>(
            List.of("python3", "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"));
    command.addAll(List.of("--only-binary=:all:", "--ignore-installed"));
    command.addAll(List.of("--disable-pip-version-check", "--report", "-"));
    command.add(name + "==" + version);
    JsonNode first = ask(PIP, command).path("install").path(0);
    return address(PIP, first.path("download_info").path("url"));
  }

  private static URI address(Client client, JsonNode text) {
    return Address.of(text.asString(""))
        .orElseThrow(() -> new FetchException(client.name + " names no address of the package."));
  }

  private JsonNode ask(Client client, List<String> command) {
    try {
      Path folder = Files.createTempDirectory("tayyar-ask");
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      try {
        run(client, command, out, err);
        return JSON.readTree(Files.readString(out));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
        Files.delete(folder);
      }
    } catch (IOException | JacksonException e) {
      throw new FetchException(client.name + " gave an answer that can't be read.", e);
    }
  }

  private void run(Client client, List<String> command, Path out, Path err) throws IOException {
    var full = new ArrayList<>(command);
    full.set(0, program(client, command.getFirst()).toString());
    var builder = new ProcessBuilder(full);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(most.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new FetchException(
            client.name + " gave no answer in " + most.toSeconds() + " s. Is the network there?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("Interrupted while " + client.name + " was asked.", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      String said = new String(Files.readAllBytes(err), UTF_8);
      throw failed(client, command, process.exitValue(), said);
    }
  }

  private static FetchException failed(
      Client client, List<String> command, int status, String said) {
    if (status == NOT_FOUND || said.contains("No module named pip")) {
      return client.missing();
    }
    if (said.contains("no such option")) {
      return new FetchException(client.name + " is too old: take 22.2 or newer.");
    }
    return new FetchException(
        client.name
            + " could not reach its registry. Is the network there? To see why: "
            + String.join(" ", command)
            + ".");
  }

  private Path program(Client client, String name) {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path file = Path.of(folder).toAbsolutePath().resolve(name);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return file;
      }
    }
    throw client.missing();
  }
}
