package tayyar.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tayyar.api.Deadline;
import tayyar.api.Keep;
import tayyar.api.Languages;

/** The settings that a running server keeps until it is started again. */
final class Kept {
  private static final String DEADLINES = "deadlines.";

  private Kept() {}

  /** The names of what is otherwise in the second one, in the order of the documentation. */
  static List<String> changed(Config first, Config second) {
    Map<String, Object> before = of(first);
    Map<String, Object> now = of(second);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(now.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(before.get(name), now.get(name)))
        .filter(name -> !name.startsWith(DEADLINES) || both(before, now, name))
        .toList();
  }

  private static boolean both(Map<String, Object> one, Map<String, Object> other, String name) {
    return one.containsKey(name) && other.containsKey(name);
  }

  /** The values by their settings' names. */
  private static Map<String, Object> of(Config config) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("listen", config.listen());
    all.put("admin", config.admin());
    all.put("store", config.store());
    Keep keep = config.keep();
    all.put("ledger.keep", keep == null ? "" : keep.time());
    all.put("ledger.archive", keep == null || keep.archive() == null ? "" : keep.archive());
    boolean single = !config.asked().isEmpty() || config.models().isEmpty();
    if (single) {
      all.put("models", config.asked());
      Languages languages = config.languages();
      if (languages != null) {
        all.put("languages", languages);
      }
    }
    files(config).forEach(model -> all.put("models: " + model.name(), model));
    all.put("exposeTarget", config.exposesTarget());
    all.put("natives", String.valueOf(config.natives()));
    all.put("telemetry.metrics", config.seen().metrics());
    all.put("telemetry.accessLog", config.seen().accessLog());
    all.put("telemetry.otlp", config.seen().otlp());
    all.put("transport", config.transport());
    all.put("loops", config.loops());
    all.put("trustedProxies", config.trustedProxies());
    engine(config.engine(), all);
    config.bounds().most().forEach((bound, most) -> all.put("bounds." + bound.word(), most));
    for (Deadline one : Deadline.values()) {
      if (single || !BoundsReader.isOfAnAnswer(one)) {
        all.put(DEADLINES + one.word(), config.bounds().of(one));
      }
    }
    return all;
  }

  private static List<ServedModel> files(Config config) {
    return !config.asked().isEmpty()
        ? List.of()
        : config.models().stream()
            .filter(model -> model.from() instanceof ServedModel.From.File)
            .toList();
  }

  private static void engine(EngineSettings engine, Map<String, Object> all) {
    all.put("engine.slots", engine.slots());
    all.put("engine.context", engine.context());
    all.put("engine.threads", engine.threads());
    all.put("engine.batch", engine.batch());
    all.put("engine.queue", engine.queue());
    all.put("engine.prefixCache", engine.prefixCache());
    all.put("engine.promptCache", engine.promptCache());
  }
}
