package tayyar.accounts;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Money;
import tayyar.api.Price;
import tayyar.api.To;

/**
 * Organisations, projects, plans and prices in the database. Blocks, so never called on an event
 * loop. Thread-safe. All methods throw {@link AccountException} with a sentence when the database
 * fails or what is asked for can't be.
 */
public final class AccountStore {
  private final Sql sql;
  private final InstantSource clock;

  /** Accounts of this database. */
  public AccountStore(DataSource dataSource) {
    this(dataSource, "unknown");
  }

  /**
   * The same for somebody who changes them.
   *
   * @param who for the audit log
   */
  public AccountStore(DataSource dataSource, String who) {
    this.sql = new Sql(dataSource, who);
    this.clock = InstantSource.system();
  }

  /**
   * Who pays for some projects.
   *
   * @param plan its plan's name, or null where it may use all
   * @param pays whether its requests need prices and a balance
   * @param zone in which its days and months are counted
   * @param regions where its requests may be answered, or null for anywhere
   * @param networks where they may come from, or null for anywhere
   * @param suspended since when none of its requests are answered, or null
   * @param granted all that came onto its balance, billionths of the currency
   * @param used all that its requests have cost
   */
  public record Organisation(
      String id,
      String name,
      @Nullable String plan,
      boolean pays,
      ZoneId zone,
      @Nullable List<String> regions,
      @Nullable List<String> networks,
      @Nullable Instant suspended,
      Instant created,
      long granted,
      long used) {
    /** Returns the balance; running requests hold part of it. */
    public long balance() {
      return granted - used;
    }
  }

  /** Keys that belong together. */
  public record Project(String id, String name, String organisation, Instant created) {}

  /**
   * The models and the overdraft of organisations.
   *
   * @param models by name, or null for all
   * @param overdraft how far below zero a balance may go, billionths of the currency
   */
  public record Plan(String id, String name, @Nullable List<String> models, long overdraft) {}

  static final String ORGANISATIONS =
      """
      SELECT organisations.*, plans.name AS plan,
        (SELECT coalesce(sum(amount), 0) FROM movements
          WHERE organisation_id = organisations.id) AS granted,
        coalesce((SELECT amount FROM used WHERE organisation_id = organisations.id), 0) AS used
      FROM organisations LEFT JOIN plans ON plans.id = plan_id
      """;

  private static final String PROJECTS =
      """
      SELECT projects.*, organisations.name AS organisation
      FROM projects JOIN organisations ON organisations.id = organisation_id
      """;

  /** The word for the store's currency, such as {@code EGP}. */
  public String currency() {
    return sql.list("SELECT code FROM currency", row -> row.getString(1)).getFirst();
  }

  /** All organisations, the oldest first. */
  public List<Organisation> organisations() {
    return sql.list(
        ORGANISATIONS + "WHERE erased_ms IS NULL ORDER BY created_ms, organisations.id",
        AccountRows::organisation);
  }

  /** The one of this name or id. */
  public Organisation organisation(String which) {
    Organisation one =
        sql.first(
            ORGANISATIONS
                + "WHERE erased_ms IS NULL AND ? IN (organisations.id, organisations.name)",
            AccountRows::organisation,
            which);
    return Rules.found(one, "organisation", which);
  }

  /**
   * Makes an organisation with the project {@code default}.
   *
   * @param plan its plan's name, or null
   */
  public Organisation createOrganisation(
      String name, @Nullable String plan, boolean pays, ZoneId zone) {
    Rules.named(name);
    String planId = plan == null ? null : plan(plan).id();
    String id = Rules.newId("org_");
    return Rules.once(
        name,
        "organisation",
        () -> {
          sql.together(
              on -> {
                Sql.write(
                    on,
                    """
                    INSERT INTO organisations (id, name, plan_id, pays, zone, created_ms)
                    VALUES (?, ?, ?, ?, ?, ?)""",
                    id,
                    name,
                    planId,
                    pays ? 1 : 0,
                    zone.getId(),
                    clock.millis());
                return Sql.write(
                    on,
                    "INSERT INTO projects VALUES (?, ?, 'default', ?)",
                    Rules.newId("proj_"),
                    id,
                    clock.millis());
              });
          return organisation(id);
        });
  }

  /**
   * What is to change of an organisation; null leaves it.
   *
   * @param plan a plan's name, or none
   * @param suspended whether none of its requests are answered
   * @param regions where its requests may be answered, or none for anywhere
   * @param networks where they may come from, or none for anywhere
   * @param zone in which its days and months are counted from now on; what is summed by days stays
   */
  public record Change(
      @Nullable To<String> plan,
      @Nullable Boolean pays,
      @Nullable Boolean suspended,
      @Nullable To<List<String>> regions,
      @Nullable To<List<String>> networks,
      @Nullable ZoneId zone) {
    /** A change that leaves the zone. */
    public Change(
        @Nullable To<String> plan,
        @Nullable Boolean pays,
        @Nullable Boolean suspended,
        @Nullable To<List<String>> regions,
        @Nullable To<List<String>> networks) {
      this(plan, pays, suspended, regions, networks, null);
    }

    /** A change that leaves regions, networks and the zone. */
    public Change(@Nullable To<String> plan, @Nullable Boolean pays, @Nullable Boolean suspended) {
      this(plan, pays, suspended, null, null);
    }

    /** Whether nothing is to change. */
    public boolean isNone() {
      return equals(new Change(null, null, null));
    }
  }

  /** Changes an organisation; a running server knows it at once. */
  public Organisation change(String organisation, Change change) {
    String named = value(change.plan());
    String id = organisation(organisation).id();
    Rules.regions(value(change.regions()));
    Rules.networks(value(change.networks()));
    sql.write(
        """
        UPDATE organisations SET plan_id = CASE CAST(? AS INTEGER) WHEN 1 THEN ? ELSE plan_id END,
          regions = CASE CAST(? AS INTEGER) WHEN 1 THEN ? ELSE regions END,
          networks = CASE CAST(? AS INTEGER) WHEN 1 THEN ? ELSE networks END, pays = coalesce(?, pays), zone = coalesce(?, zone),
          suspended_ms = CASE CAST(? AS INTEGER)
            WHEN 1 THEN coalesce(suspended_ms, ?) WHEN 0 THEN NULL ELSE suspended_ms END
        WHERE id = ?""",
        number(change.plan() != null),
        named == null ? null : plan(named).id(),
        number(change.regions() != null),
        Sql.lines(value(change.regions())),
        number(change.networks() != null),
        Sql.lines(value(change.networks())),
        number(change.pays()),
        change.zone() == null ? null : change.zone().getId(),
        number(change.suspended()),
        clock.millis(),
        id);
    return organisation(id);
  }

  private static <T> @Nullable T value(@Nullable To<T> to) {
    return to == null ? null : to.value();
  }

  private static @Nullable Integer number(@Nullable Boolean truth) {
    return truth == null ? null : truth ? 1 : 0;
  }

  /** Says whether an organisation pays. */
  public Organisation changePays(String organisation, boolean pays) {
    return change(organisation, new Change(null, pays, null));
  }

  /** Suspends an organisation, or ends that. Its new requests are refused from then on. */
  public Organisation suspend(String organisation, boolean suspended) {
    return change(organisation, new Change(null, null, suspended));
  }

  /** Projects of one organisation, or of all where it is null; the oldest first. */
  public List<Project> projects(@Nullable String organisation) {
    String id = organisation == null ? null : organisation(organisation).id();
    return sql.list(
        PROJECTS
            + """
            WHERE erased_ms IS NULL AND organisation_id = coalesce(?, organisation_id)
            ORDER BY projects.created_ms, projects.id""",
        AccountRows::project,
        id);
  }

  /** Makes a project; its name has no slash. */
  public Project createProject(String organisation, String name) {
    Rules.named(name);
    if (name.contains("/")) {
      throw new AccountException("A project's name has no slash.");
    }
    String owner = organisation(organisation).id();
    String id = Rules.newId("proj_");
    return Rules.once(
        name,
        "project",
        () -> {
          sql.write("INSERT INTO projects VALUES (?, ?, ?, ?)", id, owner, name, clock.millis());
          return sql.list(PROJECTS + "WHERE projects.id = ?", AccountRows::project, id).getFirst();
        });
  }

  /**
   * The project that is meant.
   *
   * @param which its id, {@code organisation/name}, or an organisation's name for its project
   *     {@code default}
   */
  public Project project(String which) {
    int slash = which.lastIndexOf('/');
    String organisation = slash < 0 ? which : which.substring(0, slash);
    String name = slash < 0 ? "default" : which.substring(slash + 1);
    Project one =
        sql.first(
            PROJECTS
                + """
                WHERE erased_ms IS NULL
                  AND (projects.id = ? OR (organisations.name = ? AND projects.name = ?))""",
            AccountRows::project,
            which,
            organisation,
            name);
    return Rules.found(one, "project", which);
  }

  /** All plans by name. */
  public List<Plan> plans() {
    return sql.list("SELECT * FROM plans ORDER BY name", AccountRows::plan);
  }

  /** The plan of this name. */
  public Plan plan(String name) {
    return Rules.found(
        sql.first("SELECT * FROM plans WHERE name = ?", AccountRows::plan, name), "plan", name);
  }

  /**
   * Makes a plan, or changes the one of this name.
   *
   * @param models by name, or null for all
   * @param overdraft billionths of the currency, at least 0
   */
  public Plan setPlan(String name, @Nullable List<String> models, long overdraft) {
    Rules.named(name);
    Rules.models(models);
    if (overdraft < 0 || overdraft > Money.MAX) {
      throw new AccountException("An overdraft is from 0 to " + Money.exact(Money.MAX) + ".");
    }
    sql.write(
        """
        INSERT INTO plans VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET models = excluded.models, overdraft = excluded.overdraft""",
        Rules.newId("plan_"),
        name,
        Sql.lines(models),
        overdraft,
        clock.millis());
    return plan(name);
  }

  /** All versions of all prices, by model, the latest last. */
  public List<Price> prices() {
    return sql.list("SELECT * FROM prices ORDER BY model, valid_from_ms, id", AccountRows::price);
  }

  /**
   * Adds a version of a price. It never changes what began before it holds.
   *
   * @param from since when it holds; null for at once
   */
  public Price setPrice(
      String model,
      long input,
      long cachedInput,
      long cacheWrite,
      long output,
      long request,
      @Nullable Instant from) {
    Rules.model(model);
    for (long each : new long[] {input, cachedInput, cacheWrite, output, request}) {
      if (each < 0 || each > Price.MAX) {
        throw new AccountException("A price is from 0 to " + Money.exact(Price.MAX) + ".");
      }
    }
    long now = clock.millis();
    long since = from == null ? now : from.toEpochMilli();
    if (since < now) {
      throw new AccountException("A price holds from now on or from a later moment.");
    }
    return sql.together(
        on -> {
          Sql.write(
              on,
              """
              INSERT INTO prices (
                model, input, cached_input, cache_write, output, request, valid_from_ms, created_ms)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
              model,
              input,
              cachedInput,
              cacheWrite,
              output,
              request,
              since,
              now);
          return Sql.list(on, "SELECT * FROM prices ORDER BY id DESC LIMIT 1", AccountRows::price)
              .getFirst();
        });
  }

  /** The zone of this name, such as {@code Africa/Cairo}. */
  public static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new AccountException("'" + name + "' is no time zone; write one as Africa/Cairo.", e);
    }
  }
}
