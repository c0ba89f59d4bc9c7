package tayyar.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.accounts.AccountStore;
import tayyar.api.Key;
import tayyar.api.StoreAddress;
import tayyar.config.ConfigReader;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keys: made, listed, changed, revoked. Writes the database; a running server notices by itself.
 */
@Command(
    name = "keys",
    description = "Makes, lists, changes and revokes keys, and tells their use.",
    footer = {"", "Example: tayyar keys create --name alice --rpm 60"})
final class KeysCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  KeysCommand() {}

  /** Where the keys are and how to show them. */
  static final class Shared {
    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
    String config = "";

    @Option(names = "--store", paramLabel = "STORE", description = "A file, or postgresql://...")
    String store = "";

    @Option(names = "--json", description = "Prints JSON.")
    boolean json;

    <T> T with(Console console, Function<KeyStore, T> use) {
      return withStore(
          console,
          Store::openExisting,
          store -> use.apply(new KeyStore(store.dataSource(), console.who())));
    }

    <T> T withStore(Console console, Function<StoreAddress, Store> open, Function<Store, T> use) {
      var flags = new ConfigReader.Flags(config, "", "", store, "");
      StoreAddress at = ConfigReader.store(flags, console.environment());
      return StoreWork.on(console, at, open, use);
    }
  }

  @Command(
      name = "create",
      description = "Makes a key and shows it once.",
      footer = {"", "Example: tayyar keys create --name alice --rpm 60"})
  static final class Create implements Callable<Integer> {
    private final Console console;
    @Mixin private Shared shared = new Shared();

    @Option(names = "--name", paramLabel = "NAME", description = "Whose it is; for people.")
    private String name = "";

    @Option(
        names = "--rpm",
        paramLabel = "N",
        description = "Requests in 60 seconds at most (default: ${DEFAULT-VALUE}).")
    private int requestsPerMinute = 600;

    @Option(
        names = "--project",
        paramLabel = "ORG/NAME",
        description = "Whose it is; an organisation alone is its project 'default'.")
    private @Nullable String project;

    @Option(
        names = "--models",
        paramLabel = "A,B",
        description = "Models it may use, by name; else all of the plan's.")
    private @Nullable String models;

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "When it ends: 2026-12-31, 2026-12-31T18:00, or in 30d, 12h.")
    private @Nullable String expires;

    @Option(
        names = "--show-cost",
        arity = "0..1",
        paramLabel = "yes|no",
        fallbackValue = "yes",
        description = "Its answers tell what they cost, though its requests do not ask.")
    private String showCost = "no";

    Create(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Given.checkName(name);
      boolean showsCost = KeyTerms.showsCost(showCost);
      List<String> named = models == null ? null : Given.models(models);
      var issued =
          shared.withStore(
              console,
              Store::open,
              store ->
                  new KeyStore(store.dataSource(), console.who())
                      .create(name, requestsPerMinute, terms(store, named, showsCost)));
      if (shared.json) {
        Map<String, Object> json = json(issued.key());
        json.put("key", issued.secret());
        console.out().println(JsonMapper.shared().writeValueAsString(json));
        return 0;
      }
      console.out().println(issued.secret());
      console
          .err()
          .println(
              "Shown this once; 'tayyar keys revoke " + issued.key().id() + "' makes it void.");
      return 0;
    }

    private KeyStore.Terms terms(Store store, @Nullable List<String> named, boolean showsCost) {
      var accounts = new AccountStore(store.dataSource());
      var its = accounts.project(project == null ? "default" : project);
      var zone = accounts.organisation(its.organisation()).zone();
      Instant end = expires == null ? null : Given.later("--expires", expires, zone);
      if (end != null && !end.isAfter(Instant.now())) {
        throw new CommandException("--expires is " + expires + "; that is over.");
      }
      return new KeyStore.Terms(its.id(), named, end, showsCost);
    }
  }

  @Command(
      name = "change",
      description =
          "Gives a key another name, limit, models or end; a running server knows it at once.",
      footer = {"", "Example: tayyar keys change alice --rpm 120"})
  static final class Change implements Callable<Integer> {
    private final Console console;
    @Mixin private Shared shared = new Shared();

    @Parameters(
        paramLabel = "KEY",
        description = "Its id, its name, or the last four characters of the key.")
    private String which = "";

    @Option(names = "--name", paramLabel = "NAME", description = "Whose it is; for people.")
    private @Nullable String name;

    @Option(names = "--rpm", paramLabel = "N", description = "Requests in 60 seconds at most.")
    private @Nullable Integer requestsPerMinute;

    @Mixin private KeyTerms terms = new KeyTerms();

    Change(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      if (!terms.given() && name == null && requestsPerMinute == null) {
        throw new CommandException(
            "Say what is to change: --name, --rpm, --models, --expires, --show-cost.");
      }
      if (name != null) {
        Given.checkName(name);
      }
      Key key =
          shared
              .withStore(
                  console,
                  Store::openExisting,
                  store -> terms.change(store, console.who(), which, name, requestsPerMinute))
              .key();
      console
          .out()
          .println(
              shared.json
                  ? JsonMapper.shared().writeValueAsString(json(key))
                  : "%s is called '%s' and has %s in 60 seconds."
                      .formatted(
                          key.id(),
                          key.name(),
                          Counted.of(key.requestsPerMinute(), "request", "requests")));
      return 0;
    }
  }

  @Command(
      name = "usage",
      description = "Tells how many requests and tokens each key has used.",
      footer = {
        "",
        "ESTIMATED counts the requests whose tokens are estimates: their servers told none.",
        "Example: tayyar keys usage --days 7"
      })
  static final class Usage implements Callable<Integer> {
    private final Console console;
    @Mixin private Shared shared = new Shared();

    @Option(
        names = "--days",
        paramLabel = "N",
        description = "Of the last N times 24 hours (default: ${DEFAULT-VALUE}).")
    private int days = 30;

    Usage(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      if (days < 1 || days > 36_500) {
        throw new CommandException("--days is " + days + "; it must be from 1 to 36500.");
      }
      Instant since = Instant.now().minus(Duration.ofDays(days));
      List<KeyStore.Use> all = shared.with(console, keys -> keys.use(since));
      if (shared.json) {
        var json = all.stream().map(Usage::json).toList();
        console.out().println(JsonMapper.shared().writeValueAsString(json));
        return 0;
      }
      var table =
          new Table(
              "ID",
              "NAME",
              "KEY",
              "REQUESTS",
              "COMPLETED",
              "ESTIMATED",
              "PROMPT",
              "CACHED",
              "COMPLETION");
      for (KeyStore.Use use : all) {
        table.row(
            use.key().id(),
            use.key().name(),
            use.key().hint(),
            String.valueOf(use.requests()),
            String.valueOf(use.completed()),
            String.valueOf(use.estimated()),
            String.valueOf(use.promptTokens()),
            String.valueOf(use.cachedTokens()),
            String.valueOf(use.completionTokens()));
      }
      table.print(console.out());
      return 0;
    }

    private static Map<String, Object> json(KeyStore.Use use) {
      Map<String, Object> json = KeysCommand.json(use.key());
      json.put("requests", use.requests());
      json.put("completed", use.completed());
      json.put("estimated", use.estimated());
      json.put("prompt_tokens", use.promptTokens());
      json.put("cached_tokens", use.cachedTokens());
      json.put("completion_tokens", use.completionTokens());
      return json;
    }
  }

  @Command(
      name = "list",
      description = "Lists the keys, never their secrets.",
      footer = {"", "Example: tayyar keys list --json"})
  static final class Listing implements Callable<Integer> {
    private final Console console;
    @Mixin private Shared shared = new Shared();

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      return shared.withStore(
          console,
          Store::openExisting,
          store -> {
            Map<String, String> projects = new LinkedHashMap<>();
            new AccountStore(store.dataSource())
                .projects(null)
                .forEach(each -> projects.put(each.id(), each.organisation() + "/" + each.name()));
            print(new KeyStore(store.dataSource()).list(), projects);
            return 0;
          });
    }

    private void print(List<KeyStore.Row> rows, Map<String, String> projects) {
      if (shared.json) {
        var all = rows.stream().map(row -> json(row, projects)).toList();
        console.out().println(JsonMapper.shared().writeValueAsString(all));
        return;
      }
      var heads = List.of("ID", "NAME", "KEY", "RPM", "CREATED", "LAST USED", "REVOKED");
      var more = projects.size() > 1 ? List.of("PROJECT", "EXPIRES") : List.<String>of();
      var table = new Table(Stream.concat(heads.stream(), more.stream()).toArray(String[]::new));
      for (KeyStore.Row row : rows) {
        Stream<String> its = projects.size() > 1 ? whose(row.key(), projects) : Stream.of();
        table.row(Stream.concat(cells(row), its).toArray(String[]::new));
      }
      table.print(console.out());
    }

    private static Stream<String> cells(KeyStore.Row row) {
      Key key = row.key();
      return Stream.of(
          key.id(),
          key.name(),
          key.hint(),
          String.valueOf(key.requestsPerMinute()),
          TIME.format(row.created()),
          time(row.lastUsed()),
          time(row.revokedAt()));
    }

    private static Stream<String> whose(Key key, Map<String, String> projects) {
      String project = projects.getOrDefault(key.account().projectId(), "-");
      return Stream.of(Console.shown(project), time(end(key)));
    }

    private static @Nullable Instant end(Key key) {
      return key.expiresMs() == Key.NEVER ? null : Instant.ofEpochMilli(key.expiresMs());
    }

    private static String time(@Nullable Instant instant) {
      return instant == null ? "-" : TIME.format(instant);
    }

    private static Map<String, @Nullable Object> json(
        KeyStore.Row row, Map<String, String> projects) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>(KeysCommand.json(row.key()));
      json.put("created", row.created().toString());
      json.put("last_used", row.lastUsed() == null ? null : row.lastUsed().toString());
      json.put("revoked", row.revokedAt() == null ? null : row.revokedAt().toString());
      json.put("project", projects.get(row.key().account().projectId()));
      json.put("shows_cost", row.key().showsCost());
      json.put("models", row.key().account().models());
      Instant end = end(row.key());
      json.put("expires", end == null ? null : end.toString());
      return json;
    }
  }

  @Command(
      name = "revoke",
      description = "Makes a key void, for ever; running streams end too.",
      footer = {"", "Example: tayyar keys revoke key_ab2cd3ef"})
  static final class Revoke implements Callable<Integer> {
    private final Console console;
    @Mixin private Shared shared = new Shared();

    @Parameters(
        paramLabel = "KEY",
        description = "Its id, its name, or the last four characters of the key.")
    private String which = "";

    Revoke(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      boolean now = shared.with(console, keys -> keys.revoke(which));
      console
          .out()
          .println(
              shared.json
                  ? JsonMapper.shared().writeValueAsString(Map.of("revoked", which, "now", now))
                  : now ? "Revoked." : "It had been revoked before.");
      return 0;
    }
  }

  private static Map<String, Object> json(Key key) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", key.id());
    json.put("name", key.name());
    json.put("hint", key.hint());
    json.put("requests_per_minute", key.requestsPerMinute());
    return json;
  }
}
