package tayyar.customer;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.accounts.CustomerStore;
import tayyar.accounts.CustomerStore.Generation;
import tayyar.accounts.RequestStore;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.api.Refused;
import tayyar.http.Document;

/**
 * One request that is over, as OpenRouter tells of it. What the ledger does not know is null.
 *
 * @see <a href="https://openrouter.ai/docs/api-reference/get-a-generation">OpenRouter, get a
 *     generation</a>
 */
record Single(CustomerStore store, Supplier<String> currency, boolean namesTargets) {
  Document generation(Key key, Function<String, @Nullable String> asked) {
    String id = asked.apply("id");
    if (id == null || id.isEmpty()) {
      throw new Refused(
          new ApiError.InvalidValue("id", "is required: an answer's id, or its X-Request-Id."));
    }
    String requestId = RequestStore.requestId(id);
    Generation its = store.generation(key.account().organisationId(), requestId);
    if (its == null) {
      throw new Refused(new ApiError.OfAccount(new AccountFault.RequestNotFound(id)));
    }
    Json json = new Json().with("id", id).with("request_id", its.id());
    course(json, its);
    tokens(json, its);
    unknown(json);
    return json.data();
  }

  private void course(Json json, Generation its) {
    Long first = its.firstTokenMicros();
    long begun = first == null ? 0 : first;
    json.with("model", its.model() == null ? "" : its.model())
        .with("provider_name", namesTargets ? its.target() : null)
        .with("key_id", its.keyId())
        .with("streamed", its.streamed())
        .with("cancelled", its.outcome().equals("client_gone"))
        .with("created_at", its.started().toString())
        .with("latency", its.durationMicros() / 1000)
        .with("first_token", first == null ? null : (Object) (first / 1000))
        .with("generation_time", Math.max(0, its.durationMicros() - begun) / 1000)
        .with("finish_reason", finish(its.outcome()))
        .with("outcome", its.outcome())
        .with("status", its.status())
        .with("error_code", its.errorCode());
  }

  /** The model's own reason is not kept; what it did not decide is known. */
  private static @Nullable String finish(String outcome) {
    return switch (outcome) {
      case "completed", "client_gone" -> null;
      case "out_of_balance" -> "length";
      default -> "error";
    };
  }

  private void tokens(Json json, Generation its) {
    long amount = its.amount() == null ? 0 : its.amount();
    json.with("tokens_prompt", its.promptTokens())
        .with("tokens_completion", its.completionTokens())
        .with("native_tokens_prompt", its.promptTokens())
        .with("native_tokens_completion", its.completionTokens())
        .with("native_tokens_cached", its.cachedTokens())
        .with("native_tokens_reasoning", null)
        .with("estimated", its.estimated())
        .withNumber("total_cost", amount)
        .withNumber("usage", amount)
        .with("currency", currency.get())
        .with("is_byok", false);
  }

  /** Clients of OpenRouter read these, and refuse an object without them. */
  private static void unknown(Json json) {
    for (String name :
        new String[] {
          "upstream_id",
          "cache_discount",
          "upstream_inference_cost",
          "app_id",
          "moderation_latency",
          "native_tokens_completion_images",
          "num_media_prompt",
          "num_input_audio_prompt",
          "num_media_completion",
          "num_search_results",
          "native_finish_reason",
          "external_user",
          "api_type",
          "router",
          "provider_responses"
        }) {
      json.with(name, null);
    }
    json.with("origin", "");
  }
}
