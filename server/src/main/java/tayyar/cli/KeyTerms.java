package tayyar.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tayyar.accounts.AccountStore;
import tayyar.api.To;
import tayyar.keys.KeyStore;
import tayyar.keys.KeyStore.Row;
import tayyar.store.Store;

/** What a key may do and until when, where that is to change. */
final class KeyTerms {
  @Option(
      names = "--models",
      paramLabel = "A,B",
      description = "Models it may use of the plan's, by name.")
  private @Nullable String models;

  @Option(names = "--all-models", description = "It may use all of the plan's.")
  private boolean allModels;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "When it ends: 2026-12-31, 2026-12-31T18:00, or in 30d, 12h.")
  private @Nullable String expires;

  @Option(names = "--no-expiry", description = "It has no end.")
  private boolean noExpiry;

  @Option(
      names = "--show-cost",
      paramLabel = "yes|no",
      description = "Its answers tell what they cost, though its requests do not ask.")
  private @Nullable String showCost;

  /** Whether any of them is given; refuses those that exclude each other. */
  boolean given() {
    if (models != null && allModels) {
      throw new CommandException("--models and --all-models exclude each other.");
    }
    if (expires != null && noExpiry) {
      throw new CommandException("--expires and --no-expiry exclude each other.");
    }
    var _ = showsCost();
    return models != null || allModels || expires != null || noExpiry || showCost != null;
  }

  /** Changes a key, these things and others, at once. */
  Row change(
      Store store,
      String who,
      String which,
      @Nullable String name,
      @Nullable Integer requestsPerMinute) {
    var keys = new KeyStore(store.dataSource(), who);
    return keys.change(
        which,
        new KeyStore.Change(
            name, requestsPerMinute, models(), expires(store, keys, which), showsCost()));
  }

  private @Nullable Boolean showsCost() {
    return showCost == null ? null : (Boolean) showsCost(showCost);
  }

  /** What the flag says; refuses other words. */
  static boolean showsCost(String said) {
    if (!said.equals("yes") && !said.equals("no")) {
      throw new CommandException("--show-cost is '" + said + "'; it must be yes or no.");
    }
    return said.equals("yes");
  }

  private @Nullable To<List<String>> models() {
    if (models != null) {
      return new To<>(Given.models(models));
    }
    return allModels ? new To<>(null) : null;
  }

  private @Nullable To<Instant> expires(Store store, KeyStore keys, String which) {
    if (expires == null) {
      return noExpiry ? new To<>(null) : null;
    }
    String organisation = keys.find(which).key().account().organisationId();
    ZoneId zone = new AccountStore(store.dataSource()).organisation(organisation).zone();
    return new To<>(Given.later("--expires", expires, zone));
  }
}
