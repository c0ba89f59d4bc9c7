package tayyar.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import tayyar.config.Config;

/** Starts what the commands ask for; the wiring itself knows no command line. */
public interface Wiring {
  /**
   * Tells that a server will be started: what needs no configuration is begun, beside the caller.
   */
  void prepare();

  /**
   * Starts the gateway; returns once it listens. Workers may still be loading.
   *
   * @param config with each file there and, where one is embedded, the natives' folder
   * @throws IOException if an address can't be had
   */
  Running serve(Config config) throws IOException;

  /**
   * Runs a worker, until its input ends where its options say so.
   *
   * @return the process's exit status
   */
  int worker(WorkerOptions options) throws IOException;

  /**
   * What would keep a gateway from starting, as far as that can be seen without a start: in model
   * files, the engine's libraries, certificates, the collector's variables, the transport.
   *
   * @return a sentence for each
   */
  List<String> mistakes(Config config);

  /**
   * What would not keep a gateway from starting, but is unwise.
   *
   * @return a sentence for each, without a full stop
   */
  List<String> warnings(Config config);

  /** The name that clients know the API by, as its certificate says; empty where none does. */
  String name(Config config);

  /** A gateway that runs. Safe for use by any thread. */
  interface Running extends AutoCloseable {
    /** Where the API listens. */
    InetSocketAddress api();

    /** Where the control plane listens. */
    InetSocketAddress admin();

    /**
     * Waits until every model is ready that is loaded at the start.
     *
     * @return empty when all are, otherwise a sentence saying why not
     */
    String awaitReady(Duration most) throws InterruptedException;

    /** Whether a model makes vectors of texts, rather than texts. */
    boolean embeds(String model);

    /** Takes in keys that were made a moment ago. */
    void lookAtKeys();

    /**
     * What {@code POST /reload} on the control plane does from now on: the models and their targets
     * become those of the configuration; running streams go on.
     *
     * @param first the configuration as it was found at the start
     * @param read reads it anew, and finds what it names
     */
    void onReload(Config first, Supplier<Config> read);

    /** Does the same now. What came of it is logged. */
    void reload(Config first, Supplier<Config> read);

    /**
     * Says that it is not ready, and takes requests for {@code deadlines.preStop} all the same, so
     * that balancers notice first. Whoever interrupts this does not want to wait for answers
     * either: the thread stays interrupted.
     */
    void leave();

    /** Drains, then stops. Safe to be called twice. */
    @Override
    void close();
  }
}
