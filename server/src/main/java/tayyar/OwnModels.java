package tayyar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.Sampling;
import tayyar.config.Config;
import tayyar.config.EngineSettings;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.config.Sharing;
import tayyar.engine.Engine;
import tayyar.upstream.Resident;
import tayyar.upstream.Worker;
import tools.jackson.databind.json.JsonMapper;

/**
 * The models that a server offers by its configurations, one after the other. An embedded one that
 * the next leaves as it was stays in memory. Used by one thread at a time.
 */
final class OwnModels {
  /**
   * A worker ends with its input alone. So the terminal's Ctrl-C, which goes to all processes,
   * leaves it running while the gateway drains.
   */
  private static final List<String> DEAF =
      List.of(
          "/bin/sh",
          "-c",
          "trap '' HUP INT TERM; export GGML_NO_BACKTRACE=1; exec \"$@\"",
          "worker");

  /** What makes two models one, whatever else is said of them. */
  private record Same(
      String name, Path file, FileTime written, String region, @Nullable Sampling defaults) {}

  private final EngineSettings engine;
  private final List<Path> sockets = new ArrayList<>();
  private Map<Same, Resident> residents = Map.of();

  /** None yet; the engine's settings stay those of the first configuration. */
  OwnModels(Config first) {
    engine = first.engine();
  }

  /**
   * What a configuration offers; none of it is started.
   *
   * @param config with each file there and, where one is embedded, the natives' folder
   */
  List<Offer> offers(Config config) throws IOException {
    Map<Same, Resident> now = new HashMap<>();
    List<Offer> all = new ArrayList<>();
    for (ServedModel model : config.models()) {
      switch (model.from()) {
        case From.Targets targets -> all.add(Wired.remote(model, targets));
        case From.File file -> {
          var same =
              new Same(
                  model.name(),
                  file.path(),
                  Files.getLastModifiedTime(file.path()),
                  file.region(),
                  model.defaults());
          Resident known = residents.get(same);
          Resident resident = known == null ? resident(model, file, config) : known;
          now.put(same, resident);
          all.add(embedded(model, file, resident));
        }
      }
    }
    residents = now;
    return all;
  }

  private Offer embedded(ServedModel model, From.File file, Resident resident) {
    long bytes = engine.memory(file.path()).bytes();
    return new Offer.Embedded(
        Wired.described(model, "tayyar", Engine.endpoints(file.path())),
        resident,
        new Resident.Terms(bytes, file.atStart(), file.idle()),
        Wired.rules(model.routing()));
  }

  private Resident resident(ServedModel model, From.File file, Config config) throws IOException {
    Path socket = Files.createTempDirectory("tayyar").resolve("w");
    sockets.add(socket);
    var natives = Objects.requireNonNull(config.natives(), "an embedded model needs natives");
    List<String> command = command(model, file, natives.folder(), socket);
    boolean salted = engine.prefixCache() == Sharing.KEY;
    var libraries = natives.own() ? Worker.Libraries.OWN : Worker.Libraries.PINNED;
    return new Resident(
        model.name(),
        () -> new Worker(command, libraries, socket, model.name(), salted, file.region()));
  }

  private List<String> command(ServedModel model, From.File file, Path natives, Path socket) {
    List<String> command = new ArrayList<>(DEAF);
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(javaOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "tayyar.Main", "worker"));
    command.addAll(List.of("--socket", socket.toString(), "--natives", natives.toString()));
    command.addAll(List.of("--model", file.path().toString(), "--name", model.name()));
    command.addAll(List.of("--slots", String.valueOf(engine.slots())));
    command.addAll(List.of("--context", String.valueOf(engine.context())));
    command.addAll(List.of("--threads", String.valueOf(engine.threads())));
    command.addAll(List.of("--batch", String.valueOf(engine.batch())));
    command.addAll(List.of("--queue", String.valueOf(engine.queue())));
    if (engine.prefixCache() == Sharing.OFF) {
      command.add("--no-prefix-cache");
    }
    if (engine.promptCache() != EngineSettings.SHARE) {
      command.addAll(List.of("--prompt-cache", String.valueOf(engine.promptCache())));
    }
    Sampling defaults = model.defaults();
    if (defaults != null) {
      command.addAll(
          List.of("--defaults", JsonMapper.shared().writeValueAsString(defaults.given())));
    }
    command.add("--parent-stdin");
    return command;
  }

  private static List<String> javaOptions() {
    String options =
        System.getenv()
            .getOrDefault(
                "TAYYAR_WORKER_JAVA_OPTS",
                "--enable-native-access=ALL-UNNAMED -XX:+ExitOnOutOfMemoryError"
                    + " -XX:+DisplayVMOutputToStderr -XX:+UseSerialGC -Xmx512m");
    return List.of(options.strip().split("\\s+"));
  }

  /** Ends the workers of a server that could not start. */
  void close() {
    residents.values().forEach(Resident::close);
    remove();
  }

  /** Removes what workers have left on the disk. */
  void remove() {
    sockets.forEach(Wired::remove);
    sockets.clear();
  }
}
