package tayyar.fetch;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Asks npm and pip where a package's file is: they know their registries and their settings. */
final class PackageClient {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final long SECONDS_MAX = 120;

  private PackageClient() {}

  /**
   * The address of an npm package's archive.
   *
   * @throws FetchException if npm is missing or does not know
   */
  static URI npm(String name, String version) {
    String out =
        run(
            "npm",
            "Node.js with npm",
            List.of("npm", "view", name + "@" + version, "dist.tarball", "--json"));
    JsonNode answer = read("npm", out);
    return URI.create(answer.isString() ? answer.asString() : answer.path(0).asString(""));
  }

  /**
   * The address of a PyPI package's wheel.
   *
   * @throws FetchException if pip is missing or does not know
   */
  static URI pip(String name, String version) {
    var command =
        new ArrayList<>(
            List.of("python3", "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"));
    command.addAll(List.of("--ignore-installed", "--disable-pip-version-check", "--report", "-"));
    command.add(name + "==" + version);
    String out = run("pip", "Python with pip", command);
    JsonNode info = read("pip", out).path("install").path(0).path("download_info");
    return URI.create(info.path("url").asString(""));
  }

  private static JsonNode read(String client, String out) {
    try {
      return JSON.readTree(out);
    } catch (JacksonException e) {
      throw new FetchException(client + " gave an answer that can't be read.", e);
    }
  }

  private static String run(String client, String product, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String out =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new FetchException(
            client + " could not reach its registry ('" + String.join(" ", command) + "' failed).");
      }
      return out;
    } catch (IOException e) {
      throw new FetchException(client + " is missing: install " + product + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("Interrupted while " + client + " was asked.", e);
    }
  }
}
