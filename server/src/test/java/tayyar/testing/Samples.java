package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The guide's samples as the page shows them at an address, to be run from there.
 *
 * @param at where the page is read
 * @param key the key that they are given
 * @param folder where they are saved and run
 */
public record Samples(InetSocketAddress at, String key, Path folder) {
  private static final Pattern SAMPLE =
      Pattern.compile("data-sample=\"([^\"]+)\"><code>([^<]*)</code>");

  /** All of the page's, by name, in their order. */
  public Map<String, String> of(String language) throws IOException {
    String host = "127.0.0.1:" + at.getPort();
    String ask = "GET /docs/streaming/%s HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(language, host);
    Map<String, String> all = new LinkedHashMap<>();
    try (RawHttp client = RawHttp.to(at)) {
      Matcher matcher = SAMPLE.matcher(client.send(ask).response().text());
      while (matcher.find()) {
        all.put(matcher.group(1), plain(matcher.group(2)));
      }
    }
    return all;
  }

  private static String plain(String html) {
    return html.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  /** Saves one. */
  public Path saved(String name) throws IOException {
    Map<String, String> samples = of("en");
    assertThat(samples).containsKey(name);
    return Files.writeString(folder.resolve(name), samples.get(name) + "\n");
  }

  /** Runs one, which has to end well; returns what it has printed. */
  public String run(String name) throws IOException, InterruptedException {
    Path file = saved(name);
    List<String> command =
        new ArrayList<>(
            switch (name.substring(name.lastIndexOf('.') + 1)) {
              case "sh" -> List.of("bash");
              case "py" -> List.of(Given.PYTHON.path().toString());
              case "mjs" -> List.of(node());
              case "html" ->
                  List.of(node(), Given.clients().resolve("browser/sample.mjs").toString());
              default -> throw new IllegalArgumentException(name);
            });
    if (name.endsWith(".html")) {
      Given.CHROMIUM.path();
    }
    command.add(file.toString());
    return run(command);
  }

  /** Node finds packages beside the program. */
  private String node() throws IOException {
    Path packages = folder.resolve("node_modules");
    if (!Files.exists(packages)) {
      Files.createSymbolicLink(packages, Given.NODE_FOLDER.path().resolve("node_modules"));
    }
    return "node";
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
    builder.environment().put("OPENAI_API_KEY", key);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out + Files.readString(errors)).isZero();
    return out;
  }
}
