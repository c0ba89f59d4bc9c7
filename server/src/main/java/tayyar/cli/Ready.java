package tayyar.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tayyar.api.Languages;
import tayyar.api.Sampling;
import tayyar.config.Config;
import tayyar.config.Routing;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.fetch.Cache;
import tayyar.fetch.Catalogue;
import tayyar.fetch.Fetcher;

/** Brings a configuration to what can be started: each file there, the natives too. */
final class Ready {
  static final String DEFAULT_NAME = "smollm2-135m";

  /** It answers in others too, but makes up what it says there. */
  private static final Languages DEFAULT_LANGUAGES = Languages.of("en");

  /** The defaults for a small model; a bigger one takes its own. */
  private static final Sampling DEFAULTS =
      new Sampling(0.7, 0.95, 40, 0.05, 1.1, null, null, null, 1_024);

  private final Fetcher fetcher;

  Ready(Console console) {
    this.fetcher = fetcher(console);
  }

  /** The names of the models that are served; one that is asked for by flag has none yet. */
  static List<String> served(Config config) {
    if (!config.asked().isEmpty()) {
      return List.of();
    }
    return config.models().isEmpty() ? List.of(DEFAULT_NAME) : config.names();
  }

  /** The regions that servers are in. */
  static Set<String> regions(Config config) {
    return config.asked().isEmpty()
        ? config.models().stream()
            .flatMap(model -> model.regions().stream())
            .collect(Collectors.toUnmodifiableSet())
        : Set.of();
  }

  static Fetcher fetcher(Console console) {
    return new Fetcher(
        Cache.ofEnvironment(console.environment()), new Bar(console), console.environment());
  }

  /** The same configuration with everything on this machine; with remote targets alone, as is. */
  Config config(Config asked) {
    List<ServedModel> models = new ArrayList<>();
    if (!asked.asked().isEmpty()) {
      asked.asked().forEach(one -> models.add(file(one, fetcher.model(one), asked)));
    } else if (asked.models().isEmpty()) {
      Path file = fetcher.defaultModel();
      models.add(
          new ServedModel(
              DEFAULT_NAME,
              List.of(),
              new From.File(file),
              DEFAULTS,
              Routing.usual(asked.bounds()),
              false,
              Objects.requireNonNullElse(asked.languages(), DEFAULT_LANGUAGES)));
    } else {
      asked.models().forEach(model -> models.add(there(model)));
    }
    Config found = asked.with(models, asked.natives());
    return found.embeds() ? found.with(models, natives(asked.natives())) : found;
  }

  /** One of the catalogue has its name there; any other is called like its file. */
  private static ServedModel file(String which, Path path, Config asked) {
    Catalogue.Entry listed = Fetcher.listed(which);
    Languages known = listed == null ? Languages.ANY : listed.languages();
    String file = Objects.requireNonNullElse(path.getFileName(), path).toString();
    String name = file.replaceAll("(?i)\\.gguf$", "").toLowerCase(Locale.ROOT);
    return new ServedModel(
        listed == null ? name.replaceAll("[^a-z0-9._-]+", "-") : listed.name(),
        List.of(),
        new From.File(path),
        null,
        Routing.usual(asked.bounds()),
        false,
        Objects.requireNonNullElse(asked.languages(), known));
  }

  /** A file that is not there may be called like one of the catalogue. */
  private ServedModel there(ServedModel model) {
    if (!(model.from() instanceof From.File file)) {
      return model;
    }
    Catalogue.Entry listed = Fetcher.listed(file.path());
    if (listed != null) {
      return model.at(file.at(fetcher.model(listed.name())));
    }
    if (!Files.isRegularFile(file.path())) {
      throw new CommandException(
          "The model '%s' has no file '%s'; put it there, or take another by --model."
              .formatted(model.name(), file.path()));
    }
    return model;
  }

  private Config.Natives natives(Config.@Nullable Natives own) {
    if (own == null) {
      return new Config.Natives(fetcher.natives(), false);
    }
    if (!Files.isDirectory(own.folder())) {
      throw new CommandException(
          "There is no folder '" + own.folder() + "' with llama.cpp's libraries (natives).");
    }
    return own;
  }
}
