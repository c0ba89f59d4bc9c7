package tayyar.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.api.Key;
import tayyar.config.ConfigReader;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tools.jackson.databind.json.JsonMapper;

/** Keys: made, listed, revoked. Writes the database; a running server notices by itself. */
@Command(
    name = "keys",
    description = "Makes, lists and revokes keys.",
    footer = {"", "Example: tayyar keys create --name alice --rpm 60"})
final class KeysCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private static final int NAME_CHARS_MAX = 100;

  KeysCommand() {}

  /** Where the keys are and how to show them. */
  static final class Shared {
    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
    String config = "";

    @Option(names = "--store", paramLabel = "FILE", description = "The database of keys.")
    String store = "";

    @Option(names = "--json", description = "Prints JSON.")
    boolean json;

    <T> T with(Console console, Function<KeyStore, T> use) {
      var flags = new ConfigReader.Flags(config, "", "", store, "");
      var read = ConfigReader.read(flags, console.environment());
      try (Store opened = Store.open(read.store())) {
        return use.apply(new KeyStore(opened.dataSource()));
      }
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

    Create(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      checkName();
      var issued = shared.with(console, keys -> keys.create(name, requestsPerMinute));
      if (shared.json) {
        Map<String, Object> json = json(issued.key());
        json.put("key", issued.secret());
        console.out().println(JsonMapper.shared().writeValueAsString(json));
        return 0;
      }
      console.out().println(issued.secret());
      console
          .err()
          .println("Shown this once. Its id is " + issued.key().id() + ", to be revoked by.");
      return 0;
    }

    private void checkName() {
      if (name.length() > NAME_CHARS_MAX) {
        throw new CommandException(
            "--name has %d characters; it must be at most %d."
                .formatted(name.length(), NAME_CHARS_MAX));
      }
      if (name.chars().anyMatch(Character::isISOControl)) {
        throw new CommandException(
            "--name has a character that is none for the screen; write letters, digits and signs.");
      }
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
      List<KeyStore.Row> rows = shared.with(console, KeyStore::list);
      if (shared.json) {
        var all = rows.stream().map(Listing::json).toList();
        console.out().println(JsonMapper.shared().writeValueAsString(all));
        return 0;
      }
      var table = new Table("ID", "NAME", "KEY", "RPM", "CREATED", "LAST USED", "REVOKED");
      for (KeyStore.Row row : rows) {
        Key key = row.key();
        table.row(
            key.id(),
            key.name(),
            key.hint(),
            String.valueOf(key.requestsPerMinute()),
            TIME.format(row.created()),
            time(row.lastUsed()),
            time(row.revokedAt()));
      }
      table.print(console.out());
      return 0;
    }

    private static String time(@Nullable Instant instant) {
      return instant == null ? "-" : TIME.format(instant);
    }

    private static Map<String, @Nullable Object> json(KeyStore.Row row) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>(KeysCommand.json(row.key()));
      json.put("created", row.created().toString());
      json.put("last_used", row.lastUsed() == null ? null : row.lastUsed().toString());
      json.put("revoked", row.revokedAt() == null ? null : row.revokedAt().toString());
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
