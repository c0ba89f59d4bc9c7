package tayyar.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.accounts.AuditStore;
import tayyar.accounts.AuditStore.Entry;
import tayyar.accounts.AuditStore.Filter;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The log of every change. */
@Command(
    name = "audit",
    description = {
      "Shows who changed what and when, the latest first. Days begin where this machine is."
    },
    footer = {"", "Example: tayyar audit --kind key --from today"})
final class AuditCommand implements Callable<Integer> {
  private static final int LIMIT_MAX = 10_000;
  private static final TypeReference<Map<String, @Nullable Object>> TREE = new TypeReference<>() {};

  private final Console console;
  @Mixin private StoreOptions options = new StoreOptions();

  @Option(
      names = "--kind",
      paramLabel = "WORD",
      description =
          "organisation, project, key, plan, price, movement, limits, target, currency or admin_token"
              + " alone.")
  private @Nullable String kind;

  @Option(names = "--subject", paramLabel = "ID", description = "Changes of one thing, by its id.")
  private @Nullable String subject;

  @Option(names = "--who", paramLabel = "TEXT", description = "Changes by all that contain it.")
  private @Nullable String who;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "The first day: 2026-12-31, today or yesterday.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "DAY", description = "The last day.")
  private @Nullable String to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at most (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  AuditCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new CommandException("--limit is " + limit + "; it must be 1 to " + LIMIT_MAX + ".");
    }
    Instant first = from == null ? null : start("--from", from, 0);
    Instant end = to == null ? null : start("--to", to, 1);
    var filter = new Filter(kind, subject, who, first, end, null, limit);
    options.with(
        console,
        open ->
            open.print(sheet(open.json()), new AuditStore(open.store().dataSource()).find(filter)));
    return 0;
  }

  /** The beginning of a day, or of one behind it. */
  private static Instant start(String flag, String text, int later) {
    ZoneId zone = ZoneId.systemDefault();
    LocalDate day = Given.day(flag, text, zone).plusDays(later);
    return day.atStartOfDay(zone).toInstant();
  }

  private static Sheet<Entry> sheet(boolean json) {
    Sheet<Entry> sheet =
        new Sheet<Entry>()
            .with("id", Entry::id)
            .with("at", Entry::at)
            .with("who", Entry::who)
            .with("action", Entry::action)
            .with("kind", Entry::kind)
            .with("subject", Entry::subject);
    return json
        ? sheet
            .with("before", entry -> entry.before() == null ? null : tree(entry.before()))
            .with("after", entry -> entry.after() == null ? null : tree(entry.after()))
        : sheet.with("change", AuditCommand::change);
  }

  private static Map<String, @Nullable Object> tree(@Nullable String json) {
    return json == null ? Map.of() : JsonMapper.shared().readValue(json, TREE);
  }

  /** Returns what differs, for people: of what was made or is gone all that was said of it. */
  private static String change(Entry entry) {
    Map<String, @Nullable Object> before = tree(entry.before());
    Map<String, @Nullable Object> after = tree(entry.after());
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    boolean both = entry.before() != null && entry.after() != null;
    return names.stream()
        .filter(name -> !name.equals("id"))
        .filter(name -> !Objects.equals(before.get(name), after.get(name)))
        .map(
            name ->
                both
                    ? name + ": " + shown(before.get(name)) + " -> " + shown(after.get(name))
                    : name + ": " + shown(after.getOrDefault(name, before.get(name))))
        .collect(Collectors.joining("; "));
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "-" : String.valueOf(value);
  }
}
