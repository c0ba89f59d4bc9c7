package tayyar.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one place of the file, read one by one. A value of the environment wins over the
 * file's. A key that was never read is unknown, and refused at the end.
 */
final class Section {
  private static final Pattern NAMED = Pattern.compile("'([A-Za-z]+)' .*", Pattern.DOTALL);

  private final Map<String, Yaml> fields;
  private final int line;
  private final String file;
  private final String variables;
  private final Map<String, String> environment;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * The keys of a place.
   *
   * @param file the file's name, for the sentences; empty where there is none
   * @param variables beginning of the names of environment variables; empty where there are none
   */
  Section(Yaml yaml, String file, String variables, Map<String, String> environment) {
    this.line = yaml.line();
    this.file = file;
    this.variables = variables;
    this.environment = environment;
    if (!(yaml instanceof Yaml.Fields) && !empty(yaml)) {
      throw new ConfigException(where(line) + "here must be keys with values.");
    }
    this.fields = yaml instanceof Yaml.Fields all ? all.all() : Map.of();
  }

  private static boolean empty(Yaml yaml) {
    return yaml instanceof Yaml.Scalar scalar && scalar.text().isEmpty();
  }

  /** A part of this place, empty where it is not there. */
  Section part(String name) {
    known.add(name);
    Yaml yaml = fields.getOrDefault(name, new Yaml.Fields(Map.of(), line));
    String its = variables.isEmpty() ? "" : variable(name) + "_";
    return new Section(yaml, file, its, environment);
  }

  /** The parts of a list of places, or nothing where it is not there. */
  List<Section> parts(String name) {
    return items(name).stream().map(item -> new Section(item, file, "", environment)).toList();
  }

  /** A list of texts. */
  List<String> texts(String name) {
    return items(name).stream().map(item -> scalar(name, item)).toList();
  }

  private List<Yaml> items(String name) {
    known.add(name);
    Yaml yaml = fields.getOrDefault(name, new Yaml.Scalar("", line));
    if (!(yaml instanceof Yaml.Items) && !empty(yaml)) {
      throw new ConfigException(where(yaml.line()) + "'" + name + "' must be a list.");
    }
    return yaml instanceof Yaml.Items all ? all.all() : List.of();
  }

  /** Whether the key has a value. */
  boolean has(String name) {
    known.add(name);
    return !empty(fields.getOrDefault(name, new Yaml.Scalar("", 1))) || fromEnvironment(name);
  }

  private boolean fromEnvironment(String name) {
    return !variables.isEmpty() && !environment.getOrDefault(variable(name), "").isBlank();
  }

  /** A value that may be missing; the reader is given the key and the text. */
  <T extends @Nullable Object> T value(
      String name, T otherwise, BiFunction<String, String, T> reader) {
    if (!has(name)) {
      return otherwise;
    }
    String text =
        fromEnvironment(name)
            ? environment.getOrDefault(variable(name), "").strip()
            : scalar(name, fields.getOrDefault(name, new Yaml.Scalar("", line)));
    return said(name, () -> reader.apply(name, text));
  }

  String text(String name, String otherwise) {
    return value(name, otherwise, (_, text) -> text);
  }

  private String scalar(String name, Yaml yaml) {
    if (yaml instanceof Yaml.Scalar scalar) {
      return scalar.text();
    }
    throw new ConfigException(where(yaml.line()) + "'" + name + "' must be a single value.");
  }

  /** Makes a record; a refusal by its constructor gets the place added. */
  <T> T make(Supplier<T> record) {
    try {
      return record.get();
    } catch (ConfigException e) {
      String sentence = String.valueOf(e.getMessage());
      Matcher named = NAMED.matcher(sentence);
      String culprit = named.matches() ? named.group(1) : "";
      throw placed(culprit, sentence);
    }
  }

  private <T extends @Nullable Object> T said(String name, Supplier<T> value) {
    try {
      return value.get();
    } catch (ConfigException e) {
      throw placed(name, String.valueOf(e.getMessage()));
    }
  }

  private ConfigException placed(String name, String sentence) {
    if (sentence.endsWith(".")) {
      return new ConfigException(sentence);
    }
    if (!name.isEmpty() && fromEnvironment(name)) {
      return new ConfigException(variable(name) + ": " + sentence + ".");
    }
    Yaml its = fields.get(name);
    return new ConfigException(where(its == null ? line : its.line()) + sentence + ".");
  }

  /** Refuses this place because of a value elsewhere. */
  ConfigException refusal(String sentence) {
    return new ConfigException(where(line) + sentence + ".");
  }

  /** Refuses keys that nobody read. */
  void done() {
    fields.forEach(
        (name, yaml) -> {
          if (!known.contains(name)) {
            throw new ConfigException(
                "%sthe key '%s' is unknown here; known are %s."
                    .formatted(where(yaml.line()), name, String.join(", ", known)));
          }
        });
  }

  private String where(int at) {
    return file.isEmpty() ? "" : file + ", line " + at + ": ";
  }

  private String variable(String name) {
    return variables + name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
  }
}
