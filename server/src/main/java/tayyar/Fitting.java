package tayyar;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tayyar.config.Config;
import tayyar.config.EngineSettings;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.memory.FreeMemory;
import tayyar.memory.ModelMemory;

/** Whether the embedded models of a configuration fit into the memory that there is for them. */
final class Fitting {
  private static final String LESS =
      "take a smaller model, fewer 'engine.slots' or a smaller 'engine.context'";

  private Fitting() {}

  /** The bytes for all models: what the operator says, else nine tenths of what is free now. */
  static long budget(EngineSettings engine) {
    long free = FreeMemory.HERE.bytes();
    return engine.memoryBytes() > 0
        ? engine.memoryBytes()
        : free < 0 ? Long.MAX_VALUE : free / 10 * 9;
  }

  /** The same for a look from outside: a running server may hold what is not free now. */
  static long most(EngineSettings engine) {
    long all = FreeMemory.HERE.total();
    return engine.memoryBytes() > 0 ? engine.memoryBytes() : all < 0 ? Long.MAX_VALUE : all;
  }

  /**
   * Looks whether each fits by itself, and those that are loaded at the start together.
   *
   * @param bytes for all models
   * @return a sentence for each thing that does not fit
   */
  static List<String> mistakes(Config config, long bytes) {
    List<String> all = new ArrayList<>();
    List<String> early = new ArrayList<>();
    long together = 0;
    for (ServedModel model : config.models()) {
      if (model.from() instanceof From.File file) {
        ModelMemory needs = config.engine().memory(file.path());
        if (needs.bytes() > bytes) {
          all.add(tooLarge(model.name(), needs, bytes));
        } else if (file.atStart()) {
          early.add("'" + model.name() + "'");
          together += needs.bytes();
        }
      }
    }
    if (together > bytes) {
      all.add(
          "The models %s are loaded at the start and need about %s of memory together, but there are %s for models; write 'load: firstUse' where one may wait, or %s."
              .formatted(
                  early.stream().collect(Collectors.joining(", ")),
                  ModelMemory.shown(together),
                  ModelMemory.shown(bytes),
                  LESS));
    }
    return all;
  }

  private static String tooLarge(String name, ModelMemory needs, long bytes) {
    return "The model '%s' needs about %s of memory (file %s, cache %s, buffers %s), but there are %s for models; %s, or say more by 'engine.memory'."
        .formatted(
            name,
            ModelMemory.shown(needs.bytes()),
            ModelMemory.shown(needs.weights()),
            ModelMemory.shown(needs.cache()),
            ModelMemory.shown(needs.buffers()),
            ModelMemory.shown(bytes),
            LESS);
  }
}
