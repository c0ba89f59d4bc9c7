package tayyar.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** The gauges of the embedded models, each with a series for each model. */
final class EngineMeters {
  private final MultiGauge loaded;
  private final MultiGauge bytes;
  private final MultiGauge slots;
  private final MultiGauge slotsBusy;
  private final MultiGauge queue;

  EngineMeters(MeterRegistry registry) {
    loaded = gauge(registry, "model.loaded", "1 while an embedded model is in memory.");
    bytes = gauge(registry, "model.memory.bytes", "What a model holds, as an estimate.");
    slots = gauge(registry, "engine.slots", "Slots of an embedded model.");
    slotsBusy = gauge(registry, "engine.slots.busy", "Slots of an embedded model at work.");
    queue = gauge(registry, "engine.queue", "Requests that wait for a slot of the model.");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String help) {
    return MultiGauge.builder("tayyar." + name).description(help).register(registry);
  }

  /** Takes the numbers of now. */
  void refresh(List<EngineNow> now) {
    loaded.register(rows(now, its -> its.loaded() ? 1 : 0), true);
    bytes.register(rows(now, EngineNow::bytes), true);
    slots.register(rows(now, EngineNow::slots), true);
    slotsBusy.register(rows(now, EngineNow::slotsBusy), true);
    queue.register(rows(now, EngineNow::queued), true);
  }

  private static List<Row<?>> rows(List<EngineNow> now, ToLongFunction<EngineNow> value) {
    List<Row<?>> rows = new ArrayList<>();
    for (EngineNow its : now) {
      rows.add(Row.of(Tags.of("model", its.model()), value.applyAsLong(its)));
    }
    return rows;
  }
}
