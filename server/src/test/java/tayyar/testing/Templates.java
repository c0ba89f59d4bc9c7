package tayyar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Chat templates to try things on. */
public final class Templates {
  private Templates() {}

  /** Those of our own, which use what real ones use. */
  public static List<Path> ours() {
    Path folder = Path.of(System.getProperty("tayyar.basedir", "."));
    return all(folder.resolve("server/src/test/resources/tayyar/jinja/templates"));
  }

  /** Those that packages for Python bring, of the ones in clients/python/templates.txt. */
  public static List<Path> packaged(Path python) {
    List<Path> found = all(python.toAbsolutePath().resolve("../../lib").normalize());
    if (found.isEmpty()) {
      throw Given.missing("the packages of clients/python/templates.txt are not installed");
    }
    return found;
  }

  private static List<Path> all(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".jinja")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A value of JSON as a template is given it. */
  public static @Nullable Object value(JsonNode node) {
    if (node.isObject()) {
      var map = new LinkedHashMap<String, @Nullable Object>();
      node.properties().forEach(e -> map.put(e.getKey(), value(e.getValue())));
      return map;
    }
    if (node.isArray()) {
      var list = new ArrayList<@Nullable Object>();
      node.forEach(item -> list.add(value(item)));
      return list;
    }
    return node.isNull()
        ? null
        : node.isString()
            ? node.asString()
            : node.isBoolean()
                ? (Object) node.asBoolean()
                : node.isIntegralNumber() ? (Object) node.asLong() : node.asDouble();
  }
}
