package tayyar.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Keep;
import tayyar.api.Languages;
import tayyar.api.Network;
import tayyar.api.StoreAddress;
import tayyar.api.Storing;

/** Reads the configuration: flags win over the environment, the environment over the file. */
public final class ConfigReader {
  private static final int BYTES_MAX = 1 << 20;
  private static final String VARIABLES = "TAYYAR_";
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final Map<String, String> environment;
  private final Path folder;
  private final Mistakes mistakes = new Mistakes();
  private final Section root;

  /**
   * The command line's values; empty where a flag is absent.
   *
   * @param config the file; empty is TAYYAR_CONFIG, or none
   */
  public record Flags(
      String config, String listen, String admin, String store, List<String> models) {
    /** No flag is given. */
    public static final Flags NONE = new Flags("", "", "", "", "");

    /** Copies the list. */
    public Flags {
      models = List.copyOf(models);
    }

    /** At most one model. */
    public Flags(String config, String listen, String admin, String store, String model) {
      this(config, listen, admin, store, model.isEmpty() ? List.of() : List.of(model));
    }
  }

  private ConfigReader(Yaml yaml, String file, Path folder, Map<String, String> environment) {
    this.environment = environment;
    this.folder = folder;
    this.root = new Section(yaml, file, VARIABLES, environment, mistakes);
  }

  /**
   * Reads it all.
   *
   * @throws ConfigException with all mistakes, each in a sentence that names the place, the wrong
   *     value and a right one
   */
  public static Config read(Flags flags, Map<String, String> environment) {
    return of(flags, environment).config(flags);
  }

  /**
   * Reads where the store is, and nothing else: what the rest of a configuration needs may be there
   * for the server alone.
   *
   * @throws ConfigException as {@link #read} does
   */
  public static StoreAddress store(Flags flags, Map<String, String> environment) {
    Flags read = flags.store().isEmpty() ? flags : Flags.NONE;
    Map<String, String> variables = new HashMap<>(environment);
    if (!flags.store().isEmpty()) {
      variables.keySet().retainAll(Set.of("HOME", "XDG_DATA_HOME", "PGPASSWORD"));
    }
    ConfigReader reader = of(read, variables);
    StoreAddress store = reader.store(flags.store());
    reader.mistakes.check();
    return store;
  }

  private static ConfigReader of(Flags flags, Map<String, String> environment) {
    String named =
        flags.config().isEmpty() ? environment.getOrDefault("TAYYAR_CONFIG", "") : flags.config();
    Path here = Path.of("").toAbsolutePath();
    if (named.isEmpty()) {
      var nothing = Yaml.Fields.none(1);
      return new ConfigReader(nothing, "", here, environment);
    }
    Path file = here.resolve(Text.path("--config", named, "tayyar.yaml"));
    Path parent = file.getParent();
    return new ConfigReader(yaml(file, named), named, parent == null ? here : parent, environment);
  }

  private static Yaml yaml(Path file, String named) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new ConfigException("The configuration file '" + file + "' is larger than 1 MiB.");
      }
      String text = Files.readString(file);
      try {
        return Yaml.read(text);
      } catch (ConfigException e) {
        throw new ConfigException(named + ", " + e.getMessage() + ".");
      }
    } catch (NoSuchFileException e) {
      throw new ConfigException("There is no configuration file '" + file + "'.");
    } catch (CharacterCodingException e) {
      throw new ConfigException("The configuration file '" + file + "' is no UTF-8 text.");
    } catch (IOException e) {
      throw new ConfigException(
          "The configuration file '" + file + "' cannot be read: " + e.getMessage() + ".");
    }
  }

  private Config config(Flags flags) {
    Listen listen = listen("--listen", flags.listen(), "listen", DEFAULT_LISTEN);
    TlsSettings tls = new TlsReader(folder, environment).read(root.part("tls"), listen);
    Listen admin = admin(flags.admin(), tls);
    boolean http2 = root.value("http2", true, Text::yesOrNo);
    StoreAddress store = storeOrNone(flags.store());
    Keep keep = keep(root.part("ledger"));
    Storing storing = StoringReader.read(root.part("responses"));
    SharedLimits limits = limits(store);
    Languages languages = LanguagesReader.read(root);
    var bounds = BoundsReader.read(root.part("bounds"), root.part("deadlines"));
    List<ServedModel> models = models(bounds);
    EngineSettings engine = engine(root.part("engine"));
    boolean exposesTarget = root.value("exposeTarget", false, Text::yesOrNo);
    Config.Natives natives = root.<Config.@Nullable Natives>value("natives", null, this::natives);
    Config.Sockets sockets = root.value("transport", Config.Sockets.AUTO, this::sockets);
    int loops = root.value("loops", CORES, ConfigReader::loops);
    Seen seen = Seen.read(root.part("telemetry"));
    List<Network> proxies = proxies();
    return whole(
        () ->
            new Config(
                listen,
                admin,
                tls,
                http2,
                store,
                keep,
                storing,
                limits,
                models,
                asked(flags.models()),
                languages,
                engine,
                bounds,
                exposesTarget,
                natives,
                sockets,
                loops,
                proxies,
                seen));
  }

  private Listen listen(String option, String flag, String setting, Listen otherwise) {
    return flag(option, flag, root.value(setting, otherwise, this::listen));
  }

  private Listen admin(String flag, @Nullable TlsSettings tls) {
    Listen admin = listen("--admin", flag, "admin", DEFAULT_ADMIN);
    checkAdmin(admin, tls != null && tls.admin(), !flag.isEmpty());
    return admin;
  }

  private @Nullable SharedLimits limits(StoreAddress store) {
    Secrets secrets = new Secrets(folder, environment);
    return SharedLimitsReader.read(root.part("limits"), secrets, store);
  }

  private List<ServedModel> models(Bounds bounds) {
    return new ModelsReader(folder, environment, bounds).all(root.parts("models"));
  }

  /** Makes it of what was read; all has been read by now. */
  private Config whole(Supplier<Config> config) {
    root.done();
    Config made = root.make(config);
    mistakes.check();
    return Objects.requireNonNull(made, "a configuration without a mistake");
  }

  private List<String> asked(List<String> flags) {
    String one = environment.getOrDefault("TAYYAR_MODEL", "");
    return flags.isEmpty() && !one.isEmpty() ? List.of(one) : flags;
  }

  private List<Network> proxies() {
    List<Network> all = new ArrayList<>();
    for (String text : root.texts("trustedProxies")) {
      Network network = Network.of(text);
      if (network == null) {
        root.refuse(text, "'trustedProxies' has '" + text + "'; write networks such as 10.0.0.0/8");
      } else {
        all.add(network);
      }
    }
    return all;
  }

  private static final Listen DEFAULT_LISTEN = new Listen("127.0.0.1", 8080);
  private static final Listen DEFAULT_ADMIN = new Listen("127.0.0.1", 8081);

  /** Where the control plane has no TLS, whoever is on the way would read its tokens. */
  private void checkAdmin(Listen admin, boolean tls, boolean byFlag) {
    boolean exposes = root.value("exposeAdmin", false, Text::yesOrNo);
    if (exposes || tls || admin.isLoopback()) {
      return;
    }
    String sentence =
        " is "
            + admin
            + ", which others may reach, and it has no TLS; write 127.0.0.1:8081, or"
            + " 'exposeAdmin: true' where the network is your own";
    if (byFlag) {
      mistakes.add(new ConfigException("--admin" + sentence + "."));
    } else {
      root.refuse("'admin'" + sentence);
    }
  }

  private Listen listen(String name, String text) {
    return Listen.of(text);
  }

  private Listen flag(String name, String text, Listen otherwise) {
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      return Listen.of(text);
    } catch (ConfigException e) {
      mistakes.add(new ConfigException(name + ": " + e.getMessage() + "."));
      return otherwise;
    }
  }

  /** Where a mistake is told, none is used. */
  private StoreAddress storeOrNone(String flag) {
    return mistakes.or(new StoreAddress.File(folder), () -> store(flag));
  }

  private StoreAddress store(String flag) {
    return new StoreReader(folder, environment).read(root, flag);
  }

  private @Nullable Keep keep(Section ledger) {
    Duration time = ledger.<@Nullable Duration>value("keep", null, ConfigReader::days);
    Path archive = ledger.<@Nullable Path>value("archive", null, this::archive);
    ledger.done();
    if (time == null && archive != null && !ledger.has("keep")) {
      ledger.refuse("'archive' is of no use without 'keep', such as 400d");
    }
    return time == null ? null : new Keep(time, archive);
  }

  private static Duration days(String name, String text) {
    Duration time = Keep.days(text);
    if (time == null) {
      throw new ConfigException("'" + name + "' is '" + text + "'; write days such as 400d");
    }
    if (Keep.isTooShort(time)) {
      throw new ConfigException("'" + name + "' is '" + text + "'; " + Keep.tooShort());
    }
    return time;
  }

  private Path archive(String name, String text) {
    return folder.resolve(Text.path(name, Folders.home(text, environment), "/srv/archive"));
  }

  private Config.Natives natives(String name, String text) {
    Path named = Text.path(name, Folders.home(text, environment), "/opt/llama.cpp");
    return new Config.Natives(folder.resolve(named), true);
  }

  private static int loops(String name, String text) {
    int loops = Text.number(name, text);
    Text.range(name, loops, 1, Config.LOOPS_MAX);
    return loops;
  }

  private Config.Sockets sockets(String name, String text) {
    return switch (text) {
      case "auto" -> Config.Sockets.AUTO;
      case "epoll" -> Config.Sockets.EPOLL;
      case "nio" -> Config.Sockets.NIO;
      default ->
          throw new ConfigException("'" + name + "' is '" + text + "'; write auto, epoll or nio");
    };
  }

  private static EngineSettings engine(Section section) {
    EngineSettings d = EngineSettings.DEFAULT;
    int slots = section.value("slots", d.slots(), Text::number);
    int context = section.value("context", d.context(), Text::number);
    int threads = section.value("threads", d.threads(), Text::number);
    int batch = section.value("batch", Math.max(d.batch(), slots), Text::number);
    int queue = section.value("queue", d.queue(), Text::number);
    Sharing cache = section.value("prefixCache", d.prefixCache(), Sharing::of);
    long memory = section.value("memory", d.memoryBytes(), Text::memory);
    long prompts = section.value("promptCache", d.promptCache(), Text::memory);
    section.done();
    return section.settings(
        d, () -> new EngineSettings(slots, context, threads, batch, queue, cache, memory, prompts));
  }
}
