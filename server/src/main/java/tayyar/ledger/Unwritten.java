package tayyar.ledger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Ended;

/** The way out for a row the database does not take: into the log, so that it is not lost. */
final class Unwritten {
  private static final Logger LOG = LoggerFactory.getLogger(Unwritten.class);

  private Unwritten() {}

  static void log(Ended ended) {
    LOG.atError()
        .addKeyValue("request_id", ended.requestId())
        .addKeyValue("key_id", ended.keyId())
        .addKeyValue("model", ended.model())
        .addKeyValue("target", ended.target())
        .addKeyValue("streamed", ended.streamed())
        .addKeyValue("status", ended.status())
        .addKeyValue("outcome", ended.outcome().word())
        .addKeyValue("prompt_tokens", ended.usage().promptTokens())
        .addKeyValue("completion_tokens", ended.usage().completionTokens())
        .addKeyValue("cached_tokens", ended.usage().cachedTokens())
        .addKeyValue("estimated", ended.usage().estimated())
        .addKeyValue("started_ms", ended.timing().startedAtMs())
        .addKeyValue("first_token_us", ended.timing().firstTokenMicros())
        .addKeyValue("duration_us", ended.timing().durationMicros())
        .addKeyValue("project_id", ended.charge().projectId())
        .addKeyValue("price_id", ended.charge().priceId())
        .addKeyValue("amount", ended.charge().amount())
        .log("a ledger row could not be written");
  }
}
