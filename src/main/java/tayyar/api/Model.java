package tayyar.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model as clients see it in GET /v1/models.
 *
 * @param id what clients ask for
 * @param created seconds since the epoch
 * @param ownedBy who stands behind it
 * @param contextTokens tokens of prompt and answer together, or null where unknown
 * @param defaults what applies where a request says nothing, or null where nothing is added
 * @param aliases other names for it
 */
public record Model(
    String id,
    long created,
    String ownedBy,
    @Nullable Integer contextTokens,
    @Nullable Sampling defaults,
    List<String> aliases) {}
