package tayyar.cli;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tayyar.accounts.RequestStore;
import tayyar.accounts.RequestStore.Filter;
import tayyar.accounts.RequestStore.Request;

/** Single requests, and why they ended as they did. */
@Command(
    name = "requests",
    description = {
      "Shows requests that are over, the latest first; of one of them all that is known.",
      "Times and days are those of each request's organisation."
    },
    footer = {"", "Example: tayyar requests --org acme --outcome failed --from today"})
final class RequestsCommand implements Callable<Integer> {
  private static final int LIMIT_MAX = 10_000;

  private final Console console;
  @Mixin private StoreOptions options = new StoreOptions();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "The one with this X-Request-Id or answer's id.")
  private @Nullable String id;

  @Option(names = "--key", paramLabel = "KEY", description = "Those of a key: its id, name or end.")
  private @Nullable String key;

  @Option(names = "--org", paramLabel = "ORG", description = "Those of an organisation.")
  private @Nullable String org;

  @Option(
      names = "--outcome",
      paramLabel = "WORD",
      description = "completed, client_gone, timed_out, failed, draining or out_of_balance.")
  private @Nullable String outcome;

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

  RequestsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new CommandException("--limit is " + limit + "; it must be 1 to " + LIMIT_MAX + ".");
    }
    if (outcome != null && !RequestStore.OUTCOMES.contains(outcome)) {
      throw new CommandException(
          "--outcome is '"
              + outcome
              + "'; write "
              + String.join(", ", RequestStore.OUTCOMES)
              + ".");
    }
    options.with(
        console,
        open -> {
          String only = org == null ? null : open.accounts().organisation(org).name();
          var filter =
              new Filter(
                  id, key, only, outcome, days("--from", from), days("--to", to), null, limit);
          print(open, new RequestStore(open.store().dataSource()).find(filter));
        });
    return 0;
  }

  private static @Nullable Function<ZoneId, LocalDate> days(String flag, @Nullable String day) {
    return day == null ? null : zone -> Given.day(flag, day, zone);
  }

  private void print(OpenStore open, List<Request> found) {
    if (id != null && found.isEmpty()) {
      throw RequestStore.missing(id);
    }
    Sheet<Request> sheet = sheet(open.accounts().currency());
    if (id != null && !open.json()) {
      sheet.facts(found.getFirst()).print(console.out());
    } else {
      open.print(sheet, found);
    }
  }

  private static Sheet<Request> sheet(String currency) {
    return new Sheet<Request>()
        .with("time", request -> request.recorded().atZone(request.zone()))
        .with("id", Request::id)
        .with("organisation", Request::organisation)
        .withUnseen("project", Request::project)
        .withUnseen("key_id", Request::keyId)
        .with("key", request -> request.key() == null ? request.keyId() : request.key())
        .with("model", Request::model)
        .with("outcome", Request::outcome)
        .with("status", Request::status)
        .with("error_code", Request::errorCode)
        .withUnseen("message", Request::message)
        .with("prompt_tokens", Request::promptTokens)
        .withUnseen("cached_tokens", Request::cachedTokens)
        .withUnseen("cache_write_tokens", Request::cacheWriteTokens)
        .with("completion_tokens", Request::completionTokens)
        .withUnseen("reasoning_tokens", Request::reasoningTokens)
        .with("estimated", Request::estimated)
        .withMoney("amount", Request::amount)
        .with("currency", _ -> currency)
        .withUnseen("price", Request::price)
        .withUnseen("dialect", Request::dialect)
        .withUnseen("streamed", Request::streamed)
        .withUnseen("target", Request::target)
        .withUnseen("attempts", Request::attempts)
        .withUnseen("tries", Request::tries)
        .withUnseen("duration_ms", request -> request.durationMicros() / 1000);
  }
}
