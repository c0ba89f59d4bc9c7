package tayyar.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Languages;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.api.Target.Dialect;
import tayyar.config.ServedModel.From;

/** Reads {@code models:}. */
final class ModelsReader {
  private static final int TOKENS_MAX = 1_048_576;

  /** The one host whose API is known to be Anthropic's. */
  private static final String ANTHROPIC = "api.anthropic.com";

  /** Google's, which speaks OpenAI's language too, at a path of its own. */
  private static final String GEMINI = "generativelanguage.googleapis.com";

  private static final String GEMINI_PATH = "/v1(alpha|beta)?/?";

  private final Path folder;
  private final Map<String, String> environment;
  private final Bounds bounds;

  /**
   * Reads models.
   *
   * @param folder base of relative paths
   * @param bounds the deadlines of models that have none of their own
   */
  ModelsReader(Path folder, Map<String, String> environment, Bounds bounds) {
    this.folder = folder;
    this.environment = environment;
    this.bounds = bounds;
  }

  List<ServedModel> all(List<Section> sections) {
    Set<String> names = new HashSet<>();
    sections.forEach(section -> checkNames(section, names));
    sections.forEach(section -> checkFallback(section, names));
    return sections.stream().map(this::model).filter(Objects::nonNull).toList();
  }

  private static Set<String> names(Section section) {
    Set<String> names = new LinkedHashSet<>(List.of(section.text("name", "")));
    names.addAll(section.texts("aliases"));
    names.remove("");
    return names;
  }

  private static void checkNames(Section section, Set<String> before) {
    for (String name : names(section)) {
      if (!before.add(name)) {
        section.refuse(name, "two models are called '" + name + "'; each needs a name of its own");
      }
    }
  }

  private static void checkFallback(Section section, Set<String> names) {
    for (String name : section.texts("fallback")) {
      if (!names.contains(name) || names(section).contains(name)) {
        section.refuse(
            name,
            "'fallback' of '%s' names '%s'; write the name of another model that is served"
                .formatted(section.text("name", ""), name));
      }
    }
  }

  private @Nullable ServedModel model(Section section) {
    String name = section.text("name", "");
    List<String> aliases = section.texts("aliases");
    Path file = section.<@Nullable Path>value("file", null, this::file);
    List<Section> sections = section.parts("targets");
    String region = section.value("region", "", ModelsReader::region);
    List<TargetAt> targets =
        sections.stream().map(one -> target(one, name, region)).filter(Objects::nonNull).toList();
    boolean atStart = section.value("load", true, ModelsReader::atStart);
    Duration idle = section.value("idle", Duration.ZERO, Text::time);
    boolean stays = !section.has("load") && !section.has("idle");
    Sampling defaults = section.has("defaults") ? defaults(section.part("defaults")) : null;
    boolean embeds = section.value("modality", false, ModelsReader::embeds);
    Languages languages = Objects.requireNonNullElse(LanguagesReader.read(section), Languages.ANY);
    Routing routing = Routing.read(section, bounds);
    section.done();
    return section.make(
        () -> {
          if (name.isEmpty()) {
            throw new ConfigException("a model needs a 'name'");
          }
          if ((file == null) == sections.isEmpty()) {
            throw new ConfigException(
                "the model '" + name + "' needs either a 'file' or 'targets', one of the two");
          }
          if (file == null && !stays) {
            throw new ConfigException(
                "the model '%s' has 'load' or 'idle' beside 'targets'; only a file takes them"
                    .formatted(name));
          }
          From from =
              file == null ? new From.Targets(targets) : new From.File(file, region, atStart, idle);
          return new ServedModel(name, aliases, from, defaults, routing, embeds, languages);
        });
  }

  private static boolean atStart(String name, String text) {
    return switch (text) {
      case "start" -> true;
      case "firstUse" -> false;
      default ->
          throw new ConfigException("'" + name + "' is '" + text + "'; write start or firstUse");
    };
  }

  private static boolean embeds(String name, String text) {
    return switch (text) {
      case "chat" -> false;
      case "embed" -> true;
      default ->
          throw new ConfigException("'" + name + "' is '" + text + "'; it must be chat or embed");
    };
  }

  private Path file(String name, String text) {
    return folder.resolve(Text.path(name, Folders.home(text, environment), "models/model.gguf"));
  }

  private @Nullable TargetAt target(Section section, String named, String region) {
    String model = section.text("model", named);
    URI url = section.<@Nullable URI>value("url", null, (_, text) -> TargetAt.url(text));
    Secret key =
        section.<@Nullable Secret>value("key", null, new Secrets(folder, environment)::read);
    int weight = section.value("weight", 1, whole(1, TargetAt.WEIGHT_MAX));
    int capacity = section.value("capacity", 0, whole(0, TargetAt.CAPACITY_MAX));
    String probe = section.text("probe", "");
    Target.Access access = access(section, region, spoken(url));
    section.done();
    return section.make(
        () -> {
          if (url == null) {
            throw new ConfigException("a target needs a 'url', such as http://gpu-1:8000/v1");
          }
          return new TargetAt(url, model, key, weight, capacity, probe, access);
        });
  }

  private static String region(String name, String text) {
    if (!text.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new ConfigException("'" + name + "' is '" + text + "'; write a word such as eg");
    }
    return text;
  }

  private static Dialect spoken(@Nullable URI url) {
    if (url == null) {
      return Dialect.OPENAI;
    }
    return switch (url.getHost().toLowerCase(Locale.ROOT)) {
      case ANTHROPIC -> Dialect.ANTHROPIC;
      case GEMINI -> url.getPath().matches(GEMINI_PATH) ? Dialect.GEMINI : Dialect.OPENAI;
      default -> Dialect.OPENAI;
    };
  }

  private static Dialect dialect(String name, String text) {
    return switch (text) {
      case "openai" -> Dialect.OPENAI;
      case "anthropic" -> Dialect.ANTHROPIC;
      case "gemini" -> Dialect.GEMINI;
      case "responses" -> Dialect.RESPONSES;
      default ->
          throw new ConfigException(
              "'" + name + "' is '" + text + "'; write openai, anthropic, gemini or responses");
    };
  }

  private Target.Access access(Section section, String region, Dialect spoken) {
    Dialect dialect = section.value("dialect", spoken, ModelsReader::dialect);
    return new Target.Access(
        section.text("header", header(dialect)),
        section.text("query", ""),
        section.<@Nullable Path>value("ca", null, new Authorities(folder, environment)::read),
        section.<Address.@Nullable Tcp>value("proxy", null, ModelsReader::proxy),
        section.value("prefixCache", false, ModelsReader::salted),
        section.value("region", region, ModelsReader::region),
        dialect,
        section.value("accountFiles", false, Text::yesOrNo));
  }

  /** The field of its makers for keys. */
  private static String header(Dialect dialect) {
    return switch (dialect) {
      case OPENAI, RESPONSES -> "";
      case ANTHROPIC -> "x-api-key";
      case GEMINI -> "x-goog-api-key";
    };
  }

  private static boolean salted(String name, String text) {
    return switch (text) {
      case "key" -> true;
      case "all" -> false;
      default -> throw new ConfigException("'" + name + "' is '" + text + "'; write key or all");
    };
  }

  private static Address.Tcp proxy(String name, String text) {
    URI url = TargetAt.url(text);
    if (!url.getScheme().equalsIgnoreCase("http") || url.getPath().length() > 1) {
      throw new ConfigException(
          "'" + name + "' is '" + url + "'; write one such as http://proxy:3128");
    }
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Address.Tcp(bare, url.getPort() > 0 ? url.getPort() : 80, false);
  }

  private static Sampling defaults(Section section) {
    var defaults =
        new Sampling(
            section.<@Nullable Double>value("temperature", null, decimal(0, 2)),
            section.<@Nullable Double>value("topP", null, decimal(0, 1)),
            section.<@Nullable Integer>value("topK", null, whole(0, TOKENS_MAX)),
            section.<@Nullable Double>value("minP", null, decimal(0, 1)),
            section.<@Nullable Double>value("repeatPenalty", null, decimal(0.01, 10)),
            section.<@Nullable Double>value("frequencyPenalty", null, decimal(-2, 2)),
            section.<@Nullable Double>value("presencePenalty", null, decimal(-2, 2)),
            section.<@Nullable Long>value("seed", null, (n, t) -> (long) Text.number(n, t)),
            section.<@Nullable Integer>value("maxTokens", null, whole(1, TOKENS_MAX)));
    section.done();
    return defaults;
  }

  private static BiFunction<String, String, @Nullable Double> decimal(double least, double most) {
    return (name, text) -> {
      double value = Text.decimal(name, text);
      if (value < least || value > most) {
        throw new ConfigException(
            String.format(Locale.ROOT, "'%s' is %s; it must be %s to %s", name, text, least, most));
      }
      return value;
    };
  }

  private static BiFunction<String, String, Integer> whole(int least, int most) {
    return (name, text) -> {
      int value = Text.number(name, text);
      Text.range(name, value, least, most);
      return value;
    };
  }
}
