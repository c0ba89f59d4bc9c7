package tayyar.api;

import java.util.List;
import java.util.Set;
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
 * @param endpoints where it can be asked
 */
public record Model(
    String id,
    long created,
    String ownedBy,
    @Nullable Integer contextTokens,
    @Nullable Sampling defaults,
    List<String> aliases,
    Set<Endpoint> endpoints) {
  /** What a language model elsewhere can be asked. */
  public static final Set<Endpoint> TEXT = Set.of(Endpoint.CHAT, Endpoint.COMPLETIONS);

  /** What an embedding model can be asked. */
  public static final Set<Endpoint> VECTORS = Set.of(Endpoint.EMBEDDINGS);

  /** Copies what can be changed. */
  public Model {
    aliases = List.copyOf(aliases);
    endpoints = Set.copyOf(endpoints);
  }

  /** A language model elsewhere. */
  public Model(
      String id,
      long created,
      String ownedBy,
      @Nullable Integer contextTokens,
      @Nullable Sampling defaults,
      List<String> aliases) {
    this(id, created, ownedBy, contextTokens, defaults, aliases, TEXT);
  }

  /** Whether it makes vectors of texts. */
  public boolean embeds() {
    return endpoints.contains(Endpoint.EMBEDDINGS);
  }
}
