package tayyar.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.api.Languages;
import tayyar.api.Sampling;

/**
 * A model that is served.
 *
 * @param name what clients ask for
 * @param aliases other names for it
 * @param from the source of its answers
 * @param defaults sampling values where a request sets none; only a file has them
 * @param routing the spread of its requests
 * @param embeds whether it makes vectors of texts; said of targets alone, since a file says it
 *     itself
 * @param languages what it knows
 */
public record ServedModel(
    String name,
    List<String> aliases,
    From from,
    @Nullable Sampling defaults,
    Routing routing,
    boolean embeds,
    Languages languages) {
  private static final int NAME_CHARS_MAX = 200;

  /** The source of a model's answers. */
  public sealed interface From {
    /**
     * The embedded engine, with a GGUF file.
     *
     * @param region where this machine is, in the operator's word; empty where that is not said
     * @param atStart whether it is loaded before anybody asks for it
     * @param idle how long it stays in memory unused; zero is for ever
     */
    record File(Path path, String region, boolean atStart, Duration idle) implements From {
      /** A file that is loaded at the start, on a machine of which no region is said. */
      public File(Path path) {
        this(path, "", true, Duration.ZERO);
      }

      /** The same, found elsewhere. */
      public File at(Path found) {
        return new File(found, region, atStart, idle);
      }
    }

    /** Servers somewhere else, at least one. */
    record Targets(List<TargetAt> all) implements From {
      /** Refuses an empty list. */
      public Targets {
        all = List.copyOf(all);
        if (all.isEmpty()) {
          throw new ConfigException("'targets' is empty; give at least one with a url");
        }
        for (int i = 1; i < all.size(); i++) {
          if (all.subList(0, i).stream().anyMatch(all.get(i)::sameAs)) {
            throw new ConfigException(
                "'targets' has '" + all.get(i).url() + "' twice; give it a 'weight' instead");
          }
        }
      }

      /** The targets' names, in their order: host and port, and more where two share these. */
      public List<String> names() {
        return TargetNames.of(all);
      }
    }
  }

  /** The same from elsewhere. */
  public ServedModel at(From found) {
    return new ServedModel(name, aliases, found, defaults, routing, embeds, languages);
  }

  /** The regions of what answers for it; empty where none is said. */
  public Set<String> regions() {
    Stream<String> said =
        switch (from) {
          case From.File file -> Stream.of(file.region());
          case From.Targets targets -> targets.all().stream().map(at -> at.access().region());
        };
    return said.filter(region -> !region.isEmpty()).collect(Collectors.toUnmodifiableSet());
  }

  /** A language model of which no languages are known. */
  public ServedModel(
      String name, List<String> aliases, From from, @Nullable Sampling defaults, Routing routing) {
    this(name, aliases, from, defaults, routing, false, Languages.ANY);
  }

  /** Refuses a name that can't be asked for, a name twice, and defaults for a remote model. */
  public ServedModel {
    aliases = List.copyOf(aliases);
    Set<String> names = new HashSet<>(Set.of(checked(name)));
    for (String alias : aliases) {
      if (!names.add(checked(alias))) {
        throw new ConfigException("the alias '" + alias + "' is there twice; once is enough");
      }
    }
    if (embeds && from instanceof From.File) {
      throw new ConfigException(
          "'modality' is embed beside a 'file'; leave it out, a file says itself what it is");
    }
    if (defaults != null && from instanceof From.Targets) {
      throw new ConfigException(
          "the model '" + name + "' has 'defaults' beside 'targets'; only a file takes them");
    }
  }

  private static String checked(String name) {
    if (name.isBlank()
        || name.length() > NAME_CHARS_MAX
        || name.chars().anyMatch(c -> c <= 0x20 || c == 0x7f)) {
      throw new ConfigException(
          "'" + name + "' is no name for a model; write 1 to 200 characters without spaces");
    }
    return name;
  }
}
