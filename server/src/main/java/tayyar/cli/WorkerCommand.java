package tayyar.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tayyar.api.Sampling;
import tayyar.config.EngineSettings;
import tayyar.config.Listen;
import tayyar.config.Sharing;
import tayyar.memory.FreeMemory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine behind HTTP, without keys; started by {@code serve}, or by hand on another machine.
 */
@Command(
    name = "worker",
    description = {
      "Runs the engine alone, without keys, on a Unix socket or a loopback port; serve starts one by"
          + " itself."
    },
    footer = {
      "",
      "Example: tayyar worker --natives DIR --model smollm2.gguf --name smollm2 --listen 127.0.0.1:9001"
    })
final class WorkerCommand implements Callable<Integer> {
  private static final EngineSettings D = EngineSettings.DEFAULT;
  private static final int PROMPTS_SHARE = 8;
  private static final long PROMPTS_MOST = 8L << 30;

  private final Wiring wiring;

  @Option(names = "--socket", paramLabel = "PATH", description = "A Unix socket to listen on.")
  private @Nullable Path socket;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen without one (default: ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:9001";

  @Option(
      names = "--natives",
      required = true,
      paramLabel = "DIR",
      description = "The folder with llama.cpp's libraries.")
  private Path natives = Path.of("");

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "A GGUF file.")
  private Path model = Path.of("");

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "What clients call it.")
  private String name = "";

  @Option(names = "--slots", paramLabel = "N", description = "Answers made at once.")
  private int slots = D.slots();

  @Option(names = "--context", paramLabel = "N", description = "Tokens of context in each slot.")
  private int context = D.context();

  @Option(names = "--threads", paramLabel = "N", description = "Threads that compute.")
  private int threads = D.threads();

  @Option(names = "--batch", paramLabel = "N", description = "Most tokens of one step.")
  private int batch = D.batch();

  @Option(names = "--queue", paramLabel = "N", description = "Requests that may wait.")
  private int queue = D.queue();

  @Option(names = "--no-prefix-cache", description = "Computes every prompt from its beginning.")
  private boolean noPrefixCache;

  @Option(
      names = "--prompt-cache",
      paramLabel = "BYTES",
      description = "Memory for prompts that no slot holds (default: an eighth of what is free).")
  private long promptCache = D.promptCache();

  @Option(names = "--defaults", paramLabel = "JSON", description = "What a request leaves out.")
  private String defaults = "{}";

  @Option(names = "--parent-stdin", description = "Ends when the standard input does.")
  private boolean parentStdin;

  WorkerCommand(Wiring wiring) {
    this.wiring = wiring;
  }

  @Override
  public Integer call() {
    Listen at = ServeCommand.address("--listen", listen);
    Sharing cache = noPrefixCache ? Sharing.OFF : Sharing.ALL;
    var engine =
        new EngineSettings(
            slots, context, threads, Math.max(batch, slots), queue, cache, 0, promptBytes());
    var options =
        new WorkerOptions(socket, at, natives, model, name, engine, sampling(), parentStdin);
    if (!parentStdin) {
      checkFiles();
    }
    try {
      return wiring.worker(options);
    } catch (IOException e) {
      if (socket == null) {
        Taken.check("--listen", at);
      }
      throw new CommandException("The worker cannot start: " + e.getMessage());
    }
  }

  /** Said here to a person; a gateway is told on standard output. */
  private void checkFiles() {
    if (!Files.isDirectory(natives)) {
      throw new CommandException(
          "There is no folder '" + natives + "' with llama.cpp's libraries.");
    }
    if (!Files.isRegularFile(model)) {
      throw new CommandException("There is no model file '" + model + "'.");
    }
  }

  private long promptBytes() {
    return promptCache == EngineSettings.SHARE
        ? Math.clamp(FreeMemory.HERE.bytes() / PROMPTS_SHARE, 0, PROMPTS_MOST)
        : promptCache;
  }

  private Sampling sampling() {
    try {
      JsonNode json = JsonMapper.shared().readTree(defaults);
      if (json.isObject() && json.valueStream().allMatch(JsonNode::isNumber)) {
        var given = new LinkedHashMap<String, Number>();
        json.forEachEntry((name, value) -> given.put(name, value.numberValue()));
        return Sampling.of(given);
      }
    } catch (JacksonException | IllegalArgumentException e) {
      // Said below; the parser's own words would not help.
    }
    throw new CommandException("--defaults is no JSON object of numbers by the names of the API.");
  }
}
