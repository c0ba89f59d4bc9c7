package tayyar.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one place of the file, read one by one. A value of the environment wins over the
 * file's. What is wrong is added to the mistakes, and the usual value taken, so that all mistakes
 * are found at once. A key that was never read is unknown, which is found at the end.
 */
final class Section {
  /** The first word in quotes of a sentence: a key, or a value of this place. */
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

  private final Map<String, Yaml> fields;
  private final Map<String, Integer> lines;
  private final int line;
  private final String file;
  private final String variables;
  private final Map<String, String> environment;
  private final Mistakes mistakes;
  private final @Nullable Section above;
  private final Set<String> known = new LinkedHashSet<>();
  private boolean wrong;

  /**
   * The keys of the whole file.
   *
   * @param file the file's name, for the sentences; empty where there is none
   * @param variables beginning of the names of environment variables; empty where there are none
   */
  Section(
      Yaml yaml,
      String file,
      String variables,
      Map<String, String> environment,
      Mistakes mistakes) {
    this(yaml, file, variables, environment, mistakes, null);
  }

  private Section(
      Yaml yaml,
      String file,
      String variables,
      Map<String, String> environment,
      Mistakes mistakes,
      @Nullable Section above) {
    this.mistakes = mistakes;
    this.above = above;
    this.line = yaml.line();
    this.file = file;
    this.variables = variables;
    this.environment = environment;
    Yaml.Fields all = yaml instanceof Yaml.Fields some ? some : Yaml.Fields.none(line);
    this.fields = all.all();
    this.lines = all.lines();
    if (!(yaml instanceof Yaml.Fields) && !empty(yaml)) {
      refuse(new ConfigException(where(line) + "here must be keys with values."));
    }
  }

  /** Nothing is made of a place with a mistake, nor of what it is a part of. */
  private void refuse(ConfigException mistake) {
    mistakes.add(mistake);
    for (Section each = this; each != null; each = each.above) {
      each.wrong = true;
    }
  }

  private static boolean empty(Yaml yaml) {
    return yaml instanceof Yaml.Scalar scalar && scalar.text().isEmpty();
  }

  /** A part of this place, empty where it is not there. */
  Section part(String name) {
    known.add(name);
    Yaml yaml = fields.getOrDefault(name, Yaml.Fields.none(line));
    String its = variables.isEmpty() ? "" : variable(name) + "_";
    return new Section(yaml, file, its, environment, mistakes, this);
  }

  /** The parts of a list of places, or nothing where it is not there. */
  List<Section> parts(String name) {
    return items(name).stream()
        .map(item -> new Section(item, file, "", environment, mistakes, this))
        .toList();
  }

  /** A list of texts. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Yaml item : items(name)) {
      if (item instanceof Yaml.Scalar scalar) {
        texts.add(scalar.text());
      } else {
        refuse(single(name, item.line()));
      }
    }
    return texts;
  }

  /** A list of texts, or the texts between the commas of a single value. */
  List<String> words(String name) {
    boolean list = fields.get(name) instanceof Yaml.Items && !fromEnvironment(name);
    return list ? texts(name) : value(name, List.of(), (_, text) -> List.of(text.split(" *, *")));
  }

  private List<Yaml> items(String name) {
    known.add(name);
    Yaml yaml = fields.getOrDefault(name, new Yaml.Scalar("", line));
    if (!(yaml instanceof Yaml.Items) && !empty(yaml)) {
      refuse(new ConfigException(where(lineOf(name)) + "'" + name + "' must be a list."));
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
      String name, T otherwise, BiFunction<String, String, ? extends T> reader) {
    if (!has(name)) {
      return otherwise;
    }
    try {
      String text =
          fromEnvironment(name)
              ? environment.getOrDefault(variable(name), "").strip()
              : scalar(name, fields.getOrDefault(name, new Yaml.Scalar("", line)));
      return reader.apply(name, text);
    } catch (ConfigException e) {
      refuse(placed(name, String.valueOf(e.getMessage())));
      return otherwise;
    }
  }

  String text(String name, String otherwise) {
    return value(name, otherwise, (_, text) -> text);
  }

  private String scalar(String name, Yaml yaml) {
    if (yaml instanceof Yaml.Scalar scalar) {
      return scalar.text();
    }
    throw single(name, lineOf(name));
  }

  private ConfigException single(String name, int at) {
    return new ConfigException(where(at) + "'" + name + "' must be a single value.");
  }

  /**
   * Makes a record, or nothing where a value of it was wrong. A refusal by its constructor gets the
   * place added.
   */
  <T> @Nullable T make(Supplier<T> record) {
    if (wrong) {
      return null;
    }
    try {
      return record.get();
    } catch (ConfigException e) {
      refuse(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * Makes a record that also the usual values suit, which stand in place of wrong ones; or that
   * with none but these.
   */
  <T> T settings(T usual, Supplier<T> record) {
    try {
      return record.get();
    } catch (ConfigException e) {
      refuse(String.valueOf(e.getMessage()));
      return usual;
    }
  }

  /** Refuses this place, or the key or value of it that the sentence quotes first. */
  void refuse(String sentence) {
    Matcher quoted = QUOTED.matcher(sentence);
    String culprit = quoted.find() ? quoted.group(1) : "";
    refuse(placed(known.contains(culprit) ? culprit : "", sentence, holding(culprit)));
  }

  /** Refuses a value of this place. */
  void refuse(String value, String sentence) {
    refuse(placed("", sentence, holding(value)));
  }

  /** The last line of this place with this value. */
  private int holding(String text) {
    return fields.values().stream()
        .flatMap(yaml -> yaml instanceof Yaml.Items items ? items.all().stream() : Stream.of(yaml))
        .filter(yaml -> yaml instanceof Yaml.Scalar scalar && scalar.text().equals(text))
        .mapToInt(Yaml::line)
        .max()
        .orElse(line);
  }

  private ConfigException placed(String name, String sentence) {
    return placed(name, sentence, line);
  }

  private ConfigException placed(String name, String sentence, int otherwise) {
    if (sentence.endsWith(".")) {
      return new ConfigException(sentence);
    }
    if (!name.isEmpty() && fromEnvironment(name)) {
      return new ConfigException(variable(name) + ": " + sentence + ".");
    }
    Yaml its = fields.get(name);
    int at = its instanceof Yaml.Scalar ? its.line() : lines.getOrDefault(name, otherwise);
    return new ConfigException(where(at) + sentence + ".");
  }

  private int lineOf(String key) {
    return lines.getOrDefault(key, line);
  }

  /** Refuses keys that nobody read. */
  void done() {
    fields.keySet().stream()
        .filter(name -> !known.contains(name))
        .forEach(
            name ->
                refuse(
                    new ConfigException(
                        "%sthe key '%s' is unknown here; known are %s."
                            .formatted(where(lineOf(name)), name, String.join(", ", known)))));
  }

  private String where(int at) {
    return file.isEmpty() ? "" : file + ", line " + at + ": ";
  }

  private String variable(String name) {
    return variables + name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
  }
}
