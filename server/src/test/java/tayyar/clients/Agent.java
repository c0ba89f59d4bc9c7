package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tayyar.testing.Given;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A coding agent without a terminal, in a home and a working folder of its own. Whatever it wants
 * of other hosts than this one goes to a port where nobody listens.
 */
final class Agent implements AutoCloseable {
  private static final int SECONDS = 90;
  private static final String NOBODY = "http://127.0.0.1:9";

  private final Process process;
  private final Path out;
  private final Path errors;

  /**
   * What it said until it ended.
   *
   * @param status the process's
   * @param events the lines of its standard output, each of which is a JSON object
   * @param errors its standard error
   */
  record Said(int status, List<JsonNode> events, String errors) {
    /** The events of a type. */
    List<JsonNode> of(String type) {
      return events.stream().filter(each -> each.path("type").asString("").equals(type)).toList();
    }
  }

  private Agent(Process process, Path out, Path errors) {
    this.process = process;
    this.out = out;
    this.errors = errors;
  }

  /**
   * Starts one.
   *
   * @param folder an empty one, or one of the same agent's earlier runs; it works in {@code work}
   * @param program the name under which its package installs it
   * @param environment what it needs beside a home and a PATH
   */
  static Agent start(
      Path folder, String program, Map<String, String> environment, List<String> arguments)
      throws IOException {
    Path bin = Given.AGENTS_FOLDER.path().resolve("node_modules/.bin").resolve(program);
    Path out = folder.resolve("out");
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(Stream.of(bin.toString()), arguments.stream()).toList())
            .directory(Files.createDirectories(folder.resolve("work")).toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile());
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("PATH", path);
    builder.environment().put("LANG", "C.UTF-8");
    for (String own : List.of("HOME", "TMPDIR", "CODEX_HOME")) {
      builder.environment().put(own, Files.createDirectories(folder.resolve("home")).toString());
    }
    for (String proxy : List.of("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")) {
      builder.environment().put(proxy, NOBODY);
    }
    builder.environment().put("NO_PROXY", "127.0.0.1");
    builder.environment().put("no_proxy", "127.0.0.1");
    return new Agent(builder.start(), out, errors);
  }

  /** Waits for its end. */
  Said end() throws IOException, InterruptedException {
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    String said = Files.readString(out, UTF_8);
    if (!ended) {
      throw new IllegalStateException("it did not end; it said " + said + Files.readString(errors));
    }
    List<JsonNode> events =
        said.lines()
            .filter(line -> line.startsWith("{"))
            .map(line -> JsonMapper.shared().readTree(line))
            .toList();
    return new Said(process.exitValue(), events, Files.readString(errors, UTF_8));
  }

  /** Ends it as a user does who closes its terminal. */
  void stop() {
    process.destroy();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
