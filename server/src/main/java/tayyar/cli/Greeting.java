package tayyar.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tayyar.api.Languages;
import tayyar.api.StoreAddress;
import tayyar.config.Config;
import tayyar.config.ConfigReader;
import tayyar.config.ServedModel;
import tayyar.config.TlsSettings;
import tayyar.memory.ModelMemory;

/** What {@code serve} says when it is ready. */
final class Greeting {
  /** More languages are no news. */
  private static final int FEW = 5;

  private final Console console;
  private final Config config;
  private final Predicate<String> embeds;
  private final String base;

  /**
   * Of a server.
   *
   * @param embeds whether a model makes vectors of texts
   * @param name the name that its certificate is for; empty where there is none
   */
  Greeting(
      Console console,
      Config config,
      Predicate<String> embeds,
      String name,
      InetSocketAddress api) {
    this.embeds = embeds;
    this.console = console;
    this.config = config;
    boolean named = !name.isEmpty() && !api.getAddress().isLoopbackAddress();
    String at = named ? name + (api.getPort() == 443 ? "" : ":" + api.getPort()) : address(api);
    this.base = (config.tls() == null ? "http://" : "https://") + at;
  }

  /** The address as a client on this machine would write it, where there is no TLS. */
  static String base(InetSocketAddress api) {
    return "http://" + address(api);
  }

  private static String address(InetSocketAddress at) {
    InetAddress address = at.getAddress();
    String host =
        address == null || address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort();
  }

  /**
   * Prints it.
   *
   * @param secret the first key, or empty where there were keys before
   * @param token the first admin token, or empty where there was one before
   * @param admin where the control plane listens
   */
  void print(String secret, String token, InetSocketAddress admin) {
    boolean first = !secret.isEmpty();
    String key = first ? secret : "$OPENAI_API_KEY";
    List<String> names = config.names();
    line("");
    line(console.accent("Tayyar") + " answers at " + console.bold(base));
    line("");
    line("  models      " + String.join(", ", names));
    memory().forEach(this::known);
    config.models().stream().map(Greeting::knows).flatMap(Optional::stream).forEach(this::known);
    if (config.models().stream().noneMatch(Greeting::mayKnowArabic)) {
      known(new Offered(console, config.engine()).recommended());
    }
    if (first) {
      line("  key         " + console.bold(secret) + console.dim("   (shown this once)"));
    } else {
      line("  key         one of yours; another by: " + another());
    }
    line("  playground  " + base + "/" + (first ? "#key=" + secret : ""));
    line("  docs        " + base + "/docs/streaming");
    TlsSettings tls = config.tls();
    String control = (tls != null && tls.admin() ? "https://" : "http://") + address(admin);
    line("  metrics     " + control + "/metrics");
    line("  admin       " + control + "/admin/v1");
    if (!token.isEmpty()) {
      line("  admin token " + console.bold(token) + console.dim("   (shown this once)"));
    }
    line("");
    line("Try it:");
    line("");
    line(curl(key, names.getFirst()));
    line("");
    line("For the SDKs:");
    line("");
    line("export OPENAI_BASE_URL=" + base + "/v1 OPENAI_API_KEY=" + (first ? secret : "sk-..."));
    line("");
    line(console.dim("Ctrl-C stops it; running answers may finish, until a second one."));
    console.out().flush();
  }

  /** The sentence for people where a model knows few languages. */
  static Optional<String> knows(ServedModel model) {
    Languages languages = model.languages();
    if (languages.any() || languages.tags().size() > FEW) {
      return Optional.empty();
    }
    String arabic = languages.names("ar") ? "" : "; asked in Arabic, it refuses";
    return Optional.of(model.name() + " knows " + languages.shown() + " only" + arabic + ".");
  }

  /** What each embedded model takes, where there are several or one waits for its first use. */
  private List<String> memory() {
    List<String> all = new ArrayList<>();
    boolean waits = false;
    for (ServedModel model : config.models()) {
      if (model.from() instanceof ServedModel.From.File file) {
        long bytes = config.engine().memory(file.path()).bytes();
        String when = file.atStart() ? "" : ", loaded at first use";
        all.add(
            "%s takes about %s of memory%s"
                .formatted(model.name(), ModelMemory.shown(bytes), when));
        waits |= !file.atStart();
      }
    }
    return all.size() > 1 || waits ? all : List.of();
  }

  private static boolean mayKnowArabic(ServedModel model) {
    return model.languages().any() || model.languages().names("ar");
  }

  private void known(String sentence) {
    line("              " + sentence);
  }

  /** The command for another key, with a reminder where the store has a password. */
  private String another() {
    boolean locked = config.store() instanceof StoreAddress.Server its && its.password() != null;
    return (locked ? "PGPASSWORD=... " : "") + "./tayyar keys create --name NAME" + store();
  }

  /**
   * The flag without which the command, in another shell, would take another database. It also
   * makes the command read no configuration.
   */
  private String store() {
    Map<String, String> bare = new HashMap<>(console.environment());
    bare.keySet().retainAll(Set.of("HOME"));
    StoreAddress usual = ConfigReader.store(ConfigReader.Flags.NONE, bare);
    return config.store().equals(usual) ? "" : " --store " + quoted(config.store().toString());
  }

  private static String quoted(String word) {
    boolean plain = word.matches("[A-Za-z0-9_./:@%+=,-]+");
    return plain ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private String curl(String key, String model) {
    String quote = key.startsWith("$") ? "\"" : "'";
    if (embeds.test(model)) {
      return "curl %s/v1/embeddings -H %sAuthorization: Bearer %s%s -H 'Content-Type: application/json' -d '{\"model\":\"%s\",\"input\":\"Say hello.\"}'"
          .formatted(base, quote, key, quote, model);
    }
    return "curl -N %s/v1/chat/completions -H %sAuthorization: Bearer %s%s -H 'Content-Type: application/json' -d '{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}'"
        .formatted(base, quote, key, quote, model);
  }

  private void line(String text) {
    console.out().println(text);
  }
}
