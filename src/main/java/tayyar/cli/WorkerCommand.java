package tayyar.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tayyar.api.Sampling;
import tayyar.config.EngineSettings;
import tools.jackson.core.JacksonException;
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

  @Option(names = "--defaults", paramLabel = "JSON", description = "What a request leaves out.")
  private String defaults = "{}";

  @Option(names = "--parent-stdin", description = "Ends when the standard input does.")
  private boolean parentStdin;

  WorkerCommand(Wiring wiring) {
    this.wiring = wiring;
  }

  @Override
  public Integer call() throws IOException {
    return wiring.worker(
        new WorkerOptions(
            socket,
            ServeCommand.address("--listen", listen),
            natives,
            model,
            name,
            new EngineSettings(
                slots, context, threads, Math.max(batch, slots), queue, !noPrefixCache),
            sampling(),
            parentStdin));
  }

  private Sampling sampling() {
    try {
      return JsonMapper.shared().readValue(defaults, Sampling.class);
    } catch (JacksonException e) {
      throw new CommandException("--defaults is no JSON object of numbers.");
    }
  }
}
