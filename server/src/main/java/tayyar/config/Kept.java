package tayyar.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Deadline;
import tayyar.api.Keep;
import tayyar.api.Storing;

/** The settings that a running server keeps until it is started again. */
final class Kept {
  private Kept() {}

  /** The names of what is otherwise in the second one, in the order of the documentation. */
  static List<String> changed(Config first, Config second) {
    Map<String, Object> before = of(first);
    Map<String, Object> now = of(second);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(now.keySet());
    return names.stream().filter(name -> !Objects.equals(before.get(name), now.get(name))).toList();
  }

  /** The values by their settings' names. */
  private static Map<String, Object> of(Config config) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("listen", config.listen());
    all.put("admin", config.admin());
    TlsSettings tls = config.tls();
    all.put("tls", tls != null);
    all.put("tls.redirect", tls == null || tls.redirect() == null ? "" : tls.redirect());
    all.put("tls.admin", tls != null && tls.admin());
    all.put("http2", config.http2());
    all.put("store", config.store());
    Keep keep = config.keep();
    all.put("ledger.keep", keep == null ? "" : keep.time());
    all.put("ledger.archive", keep == null || keep.archive() == null ? "" : keep.archive());
    storing(config.storing(), all);
    limits(config.limits(), all);
    all.put("exposeTarget", config.exposesTarget());
    Config.Natives natives = config.natives();
    all.put("natives", natives == null || !natives.own() ? "" : natives.folder());
    all.put("telemetry.metrics", config.seen().metrics());
    all.put("telemetry.accessLog", config.seen().accessLog());
    all.put("telemetry.otlp", config.seen().otlp());
    all.put("transport", config.transport());
    all.put("loops", config.loops());
    all.put("trustedProxies", config.trustedProxies());
    engine(config.engine(), all);
    config.bounds().most().forEach((bound, most) -> all.put("bounds." + bound.word(), most));
    for (Deadline one : Deadline.values()) {
      if (!BoundsReader.isOfAnAnswer(one)) {
        all.put("deadlines." + one.word(), config.bounds().of(one));
      }
    }
    return all;
  }

  private static void storing(@Nullable Storing storing, Map<String, Object> all) {
    all.put("responses.store", storing != null);
    Storing its = storing == null ? Storing.USUAL : storing;
    all.put("responses.keep", its.keep());
    all.put("responses.bytesMax", its.responseBytesMax());
    all.put("responses.organisationMax", its.organisationResponsesMax());
    all.put("responses.organisationBytesMax", its.organisationBytesMax());
  }

  private static void limits(@Nullable SharedLimits limits, Map<String, Object> all) {
    all.put("limits.shared", limits == null ? "" : limits.at());
    SharedLimits.Redis redis = limits == null ? null : limits.redis();
    all.put("limits.user", redis == null ? "" : redis.user());
    Secret password = redis == null ? null : redis.password();
    all.put("limits.password", password == null ? "" : password);
    Path ca = redis == null ? null : redis.ca();
    all.put("limits.ca", ca == null ? "" : ca);
    all.put("limits.whenAway.requests", limits != null && limits.requestsClosed());
    all.put("limits.whenAway.tokens", limits != null && limits.tokensClosed());
    all.put("limits.whenAway.atOnce", limits != null && limits.atOnceClosed());
  }

  private static void engine(EngineSettings engine, Map<String, Object> all) {
    all.put("engine.slots", engine.slots());
    all.put("engine.context", engine.context());
    all.put("engine.threads", engine.threads());
    all.put("engine.batch", engine.batch());
    all.put("engine.queue", engine.queue());
    all.put("engine.prefixCache", engine.prefixCache());
    all.put("engine.memory", engine.memoryBytes());
    all.put("engine.promptCache", engine.promptCache());
  }
}
