package tayyar.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Sampling;
import tayyar.config.ServedModel.From;

/** Reads the configuration: flags win over the environment, and that over the file. */
public final class ConfigReader {
  private static final String VARIABLES = "TAYYAR_";

  private final Map<String, String> environment;
  private final Path folder;
  private final Section root;

  /**
   * What was said on the command line; empty where nothing was.
   *
   * @param config the file; empty is TAYYAR_CONFIG, or none
   */
  public record Flags(String config, String listen, String admin, String store, String model) {
    /** Nothing was said. */
    public static final Flags NONE = new Flags("", "", "", "", "");
  }

  private ConfigReader(Yaml yaml, String file, Path folder, Map<String, String> environment) {
    this.environment = environment;
    this.folder = folder;
    this.root = new Section(yaml, file, VARIABLES, environment);
  }

  /**
   * Reads it all.
   *
   * @throws ConfigException with a sentence that names the place, the value and what would be right
   */
  public static Config read(Flags flags, Map<String, String> environment) {
    String named =
        flags.config().isEmpty() ? environment.getOrDefault("TAYYAR_CONFIG", "") : flags.config();
    Path here = Path.of("").toAbsolutePath();
    if (named.isEmpty()) {
      var nothing = new Yaml.Fields(Map.of(), 1);
      return new ConfigReader(nothing, "configuration", here, environment).config(flags);
    }
    Path file = here.resolve(named);
    Yaml yaml;
    try {
      yaml = Yaml.read(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException("There is no configuration file '" + file + "'.");
    } catch (IOException e) {
      throw new ConfigException(
          "The configuration file '" + file + "' cannot be read: " + e.getMessage() + ".");
    } catch (ConfigException e) {
      throw new ConfigException(named + ", " + e.getMessage() + ".");
    }
    Path parent = file.getParent();
    return new ConfigReader(yaml, named, parent == null ? here : parent, environment).config(flags);
  }

  private Config config(Flags flags) {
    Listen listen =
        flag("--listen", flags.listen(), root.value("listen", DEFAULT_LISTEN, this::listen));
    Listen admin = flag("--admin", flags.admin(), root.value("admin", DEFAULT_ADMIN, this::listen));
    Path store =
        flags.store().isEmpty()
            ? storeOf(root.text("store", ""))
            : Path.of("").toAbsolutePath().resolve(storeFile("--store", flags.store()));
    String asked =
        flags.model().isEmpty() ? environment.getOrDefault("TAYYAR_MODEL", "") : flags.model();
    List<ServedModel> models = root.parts("models").stream().map(this::model).toList();
    EngineSettings engine = engine(root.part("engine"));
    var bounds = BoundsReader.read(root.part("bounds"), root.part("deadlines"));
    Path natives = root.has("natives") ? folder.resolve(home(root.text("natives", ""))) : null;
    Config.Way way = root.value("transport", Config.Way.AUTO, this::way);
    int loops = root.value("loops", Runtime.getRuntime().availableProcessors(), Text::number);
    root.done();
    return root.make(
        () -> new Config(listen, admin, store, models, asked, engine, bounds, natives, way, loops));
  }

  private static final Listen DEFAULT_LISTEN = new Listen("127.0.0.1", 8080);
  private static final Listen DEFAULT_ADMIN = new Listen("127.0.0.1", 8081);

  private Listen listen(String name, String text) {
    return Listen.of(text);
  }

  private static Listen flag(String name, String text, Listen otherwise) {
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      return Listen.of(text);
    } catch (ConfigException e) {
      throw new ConfigException(name + ": " + e.getMessage() + ".");
    }
  }

  private Path storeOf(String text) {
    return text.isEmpty()
        ? Folders.data(environment).resolve("tayyar.db")
        : folder.resolve(root.value("store", "", ConfigReader::storeFile));
  }

  private static String storeFile(String name, String text) {
    String file = text.startsWith("sqlite:") ? text.substring("sqlite:".length()) : text;
    if (file.isBlank() || file.matches("[a-z0-9]{2,}:.*")) {
      throw new ConfigException(
          "'"
              + name
              + "' is '"
              + text.replaceAll("//[^/@]*@", "//...@")
              + "'; write a file such as sqlite:tayyar.db"
              + (name.startsWith("-") ? "." : ""));
    }
    return file;
  }

  private Config.Way way(String name, String text) {
    return switch (text) {
      case "auto" -> Config.Way.AUTO;
      case "io_uring" -> Config.Way.IO_URING;
      case "epoll" -> Config.Way.EPOLL;
      case "nio" -> Config.Way.NIO;
      default ->
          throw new ConfigException(
              "'" + name + "' is '" + text + "'; write auto, io_uring, epoll or nio");
    };
  }

  private static EngineSettings engine(Section section) {
    EngineSettings d = EngineSettings.DEFAULT;
    int slots = section.value("slots", d.slots(), Text::number);
    int context = section.value("context", d.context(), Text::number);
    int threads = section.value("threads", d.threads(), Text::number);
    int batch = section.value("batch", Math.max(d.batch(), slots), Text::number);
    int queue = section.value("queue", d.queue(), Text::number);
    boolean cache = section.value("prefixCache", d.prefixCache(), Text::yesOrNo);
    section.done();
    return section.make(() -> new EngineSettings(slots, context, threads, batch, queue, cache));
  }

  private ServedModel model(Section section) {
    String name = section.text("name", "");
    List<String> aliases = section.texts("aliases");
    String file = section.text("file", "");
    List<Section> sections = section.parts("targets");
    Sampling defaults = section.has("defaults") ? defaults(section.part("defaults")) : null;
    section.done();
    return section.make(
        () -> {
          if (name.isEmpty()) {
            throw new ConfigException("a model needs a 'name'");
          }
          if (file.isEmpty() == sections.isEmpty()) {
            throw new ConfigException(
                "the model '" + name + "' needs either a 'file' or 'targets', one of the two");
          }
          From from =
              file.isEmpty()
                  ? new From.Targets(sections.stream().map(one -> target(one, name)).toList())
                  : new From.File(folder.resolve(home(file)));
          return new ServedModel(name, aliases, from, defaults);
        });
  }

  private TargetAt target(Section section, String named) {
    boolean there = section.has("url");
    String model = section.text("model", named);
    URI url = section.value("url", URI.create("none:"), (_, text) -> TargetAt.url(text));
    Secret key = section.<@Nullable Secret>value("key", null, this::secret);
    int weight = section.value("weight", 1, Text::number);
    section.done();
    return section.make(
        () -> {
          if (!there) {
            throw new ConfigException("a target needs a 'url', such as http://gpu-1:8000/v1");
          }
          return new TargetAt(url, model, key, weight);
        });
  }

  private Secret secret(String name, String text) {
    if (text.startsWith("${") && text.endsWith("}")) {
      String variable = text.substring(2, text.length() - 1);
      String value = environment.getOrDefault(variable, "").strip();
      if (value.isEmpty()) {
        throw new ConfigException(
            "'" + name + "' names the variable " + variable + ", which is not set");
      }
      return new Secret(value);
    }
    if (text.startsWith("file:")) {
      Path file = folder.resolve(home(text.substring("file:".length())));
      try {
        return new Secret(Files.readString(file).strip());
      } catch (IOException e) {
        throw new ConfigException(
            "'" + name + "' names the file '" + file + "', which cannot be read");
      }
    }
    throw new ConfigException(
        "'"
            + name
            + "' must be \"${NAME}\" of an environment variable, or file:PATH, so that no"
            + " secret stands in the file");
  }

  private static Sampling defaults(Section section) {
    var defaults =
        new Sampling(
            section.<@Nullable Double>value("temperature", null, decimal(0, 2)),
            section.<@Nullable Double>value("topP", null, decimal(0, 1)),
            section.<@Nullable Integer>value("topK", null, whole(0)),
            section.<@Nullable Double>value("minP", null, decimal(0, 1)),
            section.<@Nullable Double>value("repeatPenalty", null, decimal(0.01, 10)),
            section.<@Nullable Double>value("frequencyPenalty", null, decimal(-2, 2)),
            section.<@Nullable Double>value("presencePenalty", null, decimal(-2, 2)),
            section.<@Nullable Long>value("seed", null, (n, t) -> (long) Text.number(n, t)),
            section.<@Nullable Integer>value("maxTokens", null, whole(1)));
    section.done();
    return defaults;
  }

  private static java.util.function.BiFunction<String, String, @Nullable Double> decimal(
      double least, double most) {
    return (name, text) -> {
      double value = Text.decimal(name, text);
      if (value < least || value > most) {
        throw new ConfigException(
            String.format(Locale.ROOT, "'%s' is %s; it must be %s to %s", name, text, least, most));
      }
      return value;
    };
  }

  private static java.util.function.BiFunction<String, String, @Nullable Integer> whole(int least) {
    return (name, text) -> {
      int value = Text.number(name, text);
      Text.range(name, value, least, 1_048_576);
      return value;
    };
  }

  private String home(String path) {
    boolean under = path.equals("~") || path.startsWith("~/");
    return under ? environment.getOrDefault("HOME", "~") + path.substring(1) : path;
  }
}
