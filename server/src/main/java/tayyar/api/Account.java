package tayyar.api;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On whose account a key calls, and what it may call.
 *
 * @param projectId the key's project
 * @param organisationId the project's organisation
 * @param organisation its name, for messages
 * @param suspended whether none of its requests are answered
 * @param pays whether its requests need a price and a balance
 * @param overdraft how far below zero the balance may go, billionths of the currency, at least 0
 * @param zone in which its days and months are counted
 * @param regions where its requests may be answered, by the operator's words; null for anywhere
 * @param networks where its requests may come from; null for anywhere
 * @param models those that the key may use, by name; null for all
 */
public record Account(
    String projectId,
    String organisationId,
    String organisation,
    boolean suspended,
    boolean pays,
    long overdraft,
    ZoneId zone,
    @Nullable Set<String> regions,
    @Nullable List<Network> networks,
    @Nullable Set<String> models) {

  /** The account of a fresh store: it pays nothing and may use everything. */
  public static final Account DEFAULT =
      new Account(
          "proj_default",
          "org_default",
          "default",
          false,
          false,
          0,
          ZoneId.of("Africa/Cairo"),
          null,
          null,
          null);

  /** Whether the key may use a model. */
  public boolean allows(String model) {
    return models == null || models.contains(model);
  }
}
