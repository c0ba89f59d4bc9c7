package tayyar.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tayyar.config.EngineSettings;
import tayyar.fetch.Catalogue;
import tayyar.memory.FreeMemory;
import tools.jackson.databind.json.JsonMapper;

/** The models of the catalogue, beside the memory of this machine. */
final class Offered {
  private final Console console;
  private final long tokens;
  private final long freeBytes;

  /** With what the engine is set to, and the memory that is free now. */
  Offered(Console console, EngineSettings engine) {
    this(console, engine, FreeMemory.HERE.bytes());
  }

  /** With so much free memory; negative where that is not known. */
  Offered(Console console, EngineSettings engine, long freeBytes) {
    this.console = console;
    this.tokens = (long) engine.slots() * engine.context();
    this.freeBytes = freeBytes;
  }

  /** One sentence: which of them suits this machine, with a tenth of the free memory left over. */
  String recommended() {
    if (freeBytes < 0) {
      return "Models that know Arabic: ./tayyar models --catalogue";
    }
    Catalogue.Entry best = Catalogue.fitting(freeBytes / 10 * 9, tokens);
    return best == null
        ? "No model of the catalogue fits into the "
            + gigabytes(freeBytes)
            + " of memory that are free here."
        : "%s knows Arabic and fits here (about %s of %s free memory): ./tayyar serve --model %s"
            .formatted(
                best.name(),
                gigabytes(best.memoryBytes(tokens)),
                gigabytes(freeBytes),
                best.name());
  }

  /** Prints all of them. */
  void print(boolean json) {
    if (json) {
      console
          .out()
          .println(
              JsonMapper.shared()
                  .writeValueAsString(Catalogue.ALL.stream().map(this::json).toList()));
      return;
    }
    var table =
        new Table("NAME", "QUANT", "DISK", "MEMORY", "FITS", "TOOLS", "LANGUAGES", "LICENCE");
    for (Catalogue.Entry entry : Catalogue.ALL) {
      long needs = entry.memoryBytes(tokens);
      table.row(
          entry.name() + (entry.certain() ? "" : " *"),
          entry.quantisation(),
          gigabytes(entry.bytes()),
          gigabytes(needs),
          freeBytes < 0 ? "?" : needs <= freeBytes ? "yes" : "no",
          entry.tools() ? "yes" : "no",
          entry.spoken(),
          entry.licence());
    }
    table.print(console.out());
    console.out().println();
    console
        .out()
        .println(
            "MEMORY is an estimate, for the engine's slots and context. * was found in one source only.");
    console.out().println(recommended());
  }

  private Map<String, Object> json(Catalogue.Entry entry) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", entry.name());
    all.put("source", entry.repository() + "/" + entry.file() + "@" + entry.revision());
    all.put("quantisation", entry.quantisation());
    all.put("bytes", entry.bytes());
    all.put("memoryBytes", entry.memoryBytes(tokens));
    if (freeBytes >= 0) {
      all.put("fits", entry.memoryBytes(tokens) <= freeBytes);
    }
    all.put("tools", entry.tools());
    all.put("languages", entry.languages().any() ? entry.spoken() : entry.languages().tags());
    all.put("licence", entry.licence());
    all.put("sha256", entry.checksum());
    all.put("looked", Catalogue.LOOKED);
    all.put("certain", entry.certain());
    return all;
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
