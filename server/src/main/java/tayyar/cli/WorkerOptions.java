package tayyar.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tayyar.api.Sampling;
import tayyar.config.EngineSettings;
import tayyar.config.Listen;

/**
 * How a worker runs.
 *
 * @param socket a Unix socket to listen on, or null for {@code listen}
 * @param listen a TCP address, used where there is no socket
 * @param natives folder with llama.cpp's libraries
 * @param model a GGUF file
 * @param name what clients call the model
 * @param engine slots, context, threads and what else the engine takes
 * @param defaults what applies where a request says nothing
 * @param endsWithInput whether it ends when its standard input does
 */
public record WorkerOptions(
    @Nullable Path socket,
    Listen listen,
    Path natives,
    Path model,
    String name,
    EngineSettings engine,
    Sampling defaults,
    boolean endsWithInput) {}
