package tayyar.api;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model as clients see it in GET /v1/models.
 *
 * @param id the name that clients ask for
 * @param created seconds since the epoch
 * @param ownedBy the owner's name
 * @param contextTokens tokens of prompt and answer together, or null where unknown
 * @param defaults the values for parameters that a request leaves out, or null where nothing is
 *     added
 * @param aliases other names for it
 * @param endpoints the endpoints that it answers at
 * @param languages what it knows
 */
public record Model(
    String id,
    long created,
    String ownedBy,
    @Nullable Integer contextTokens,
    @Nullable Sampling defaults,
    List<String> aliases,
    Set<Endpoint> endpoints,
    Languages languages) {
  /** The endpoints of a remote language model. */
  public static final Set<Endpoint> TEXT = Set.of(Endpoint.CHAT, Endpoint.COMPLETIONS);

  /** The endpoints of an embedding model. */
  public static final Set<Endpoint> VECTORS = Set.of(Endpoint.EMBEDDINGS);

  /** Copies the collections. */
  public Model {
    aliases = List.copyOf(aliases);
    endpoints = Set.copyOf(endpoints);
  }

  /** A model of which no languages are known. */
  public Model(
      String id,
      long created,
      String ownedBy,
      @Nullable Integer contextTokens,
      @Nullable Sampling defaults,
      List<String> aliases,
      Set<Endpoint> endpoints) {
    this(id, created, ownedBy, contextTokens, defaults, aliases, endpoints, Languages.ANY);
  }

  /** Creates a remote language model. */
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
