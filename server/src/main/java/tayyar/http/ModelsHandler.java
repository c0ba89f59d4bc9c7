package tayyar.http;

import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tayyar.api.Account;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.api.Model;
import tayyar.api.Refused;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * GET /v1/models and /v1/models/{id}. They need no key; one that is shown has to be valid, and sees
 * what it may use alone.
 */
public final class ModelsHandler {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private static final String CHAT = "chat";
  private static final String EMBED = "embed";

  private final Supplier<List<Model>> models;
  private final Function<Account, List<Model>> allowed;

  /**
   * Lists what is there at the time of each request.
   *
   * @param models all of them
   * @param allowed those of an account
   */
  public ModelsHandler(Supplier<List<Model>> models, Function<Account, List<Model>> allowed) {
    this.models = models;
    this.allowed = allowed;
  }

  private List<Model> models(Exchange exchange) {
    Key key = exchange.key();
    return key == null ? models.get() : allowed.apply(key.account());
  }

  void list(Exchange exchange) {
    Predicate<Model> asked = asked(exchange.uri());
    Stream<Model> models = models(exchange).stream().filter(asked);
    if (isForMessages(exchange)) {
      answer(exchange, page(models.map(ModelsHandler::forMessages).toList()));
    } else {
      answer(exchange, Map.of("object", "list", "data", models.map(ModelsHandler::json).toList()));
    }
  }

  /** Anthropic's clients tell the version of their API, and want lists in its form. */
  private static boolean isForMessages(Exchange exchange) {
    return exchange.headers().contains("anthropic-version");
  }

  private static Map<String, ?> page(List<Map<String, ?>> data) {
    var out = new LinkedHashMap<String, Object>();
    out.put("data", data);
    out.put("first_id", data.isEmpty() ? null : data.getFirst().get("id"));
    out.put("last_id", data.isEmpty() ? null : data.getLast().get("id"));
    out.put("has_more", false);
    return out;
  }

  private static Map<String, ?> forMessages(Model model) {
    var out = new LinkedHashMap<String, Object>();
    out.put("type", "model");
    out.put("id", model.id());
    out.put("display_name", model.id());
    out.put("created_at", Instant.ofEpochSecond(model.created()).toString());
    return out;
  }

  void one(Exchange exchange, String id) {
    for (Model model : models(exchange)) {
      if (model.id().equals(id) || model.aliases().contains(id)) {
        answer(exchange, isForMessages(exchange) ? forMessages(model) : json(model));
        return;
      }
    }
    throw new Refused(new ApiError.ModelNotFound(id));
  }

  private static Predicate<Model> asked(String uri) {
    return switch (RequestTarget.query(uri).getOrDefault("modality", "")) {
      case "" -> model -> true;
      case EMBED -> Model::embeds;
      case CHAT -> model -> !model.embeds();
      default -> throw new Refused(new ApiError.InvalidValue("modality", "must be chat or embed."));
    };
  }

  private static void answer(Exchange exchange, Map<String, ?> document) {
    exchange.reply().whole(Unpooled.wrappedBuffer(JSON.writeValueAsBytes(document)));
  }

  private static Map<String, ?> json(Model model) {
    var out = new LinkedHashMap<String, Object>();
    out.put("id", model.id());
    out.put("object", "model");
    out.put("created", model.created());
    out.put("owned_by", model.ownedBy());
    out.put("modality", model.embeds() ? EMBED : CHAT);
    if (model.contextTokens() != null) {
      out.put("context_length", model.contextTokens());
    }
    if (!model.languages().any()) {
      out.put("languages", model.languages().tags());
    }
    if (!model.aliases().isEmpty()) {
      out.put("aliases", model.aliases());
    }
    if (model.defaults() != null) {
      out.put("defaults", model.defaults().given());
    }
    return out;
  }
}
