package tayyar.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tayyar.api.Bounds;
import tayyar.config.Config;
import tayyar.config.ConfigReader;
import tayyar.config.Listen;
import tayyar.config.Routing;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.config.TargetAt;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;

/**
 * A short run with all that a start and a first answer need, for the JVM to learn from. It takes
 * the flags of {@code serve} and fetches what they need; where only remote targets are served, a
 * simulator stands in for them.
 */
@Command(
    name = "train",
    hidden = true,
    description = "Starts, answers over loopback, and stops; the launcher's way to a quick start.",
    footer = {"", "Example: tayyar train"})
final class TrainCommand implements Callable<Integer> {
  /** Starts will be slower, and nothing else is wrong. */
  private static final int UNTRAINED = 4;

  private static final String CONFIGURATION =
      """
      listen: 127.0.0.1:8080
      admin: 127.0.0.1:8081
      store: sqlite:train.db
      models:
        - name: trained
          targets:
            - { url: "http://127.0.0.1:9000/v1", model: trained, weight: 1 }
            - { url: "http://127.0.0.1:9001/v1", model: trained, capacity: 8 }
      """;

  private static final Duration LOADING = Duration.ofMinutes(10);
  private static final Listen ANYWHERE = new Listen("127.0.0.1", 0);

  private final Wiring wiring;
  private final Console console;
  @Mixin private ConfigOptions options = new ConfigOptions();

  TrainCommand(Wiring wiring, Console console) {
    this.wiring = wiring;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    wiring.prepare();
    Config config = new Ready(console).config(options.read(console.environment()));
    Path folder = Files.createTempDirectory("tayyar-train");
    readFile(folder);
    Config own = config.at(ANYWHERE, ANYWHERE, folder.resolve("train.db"));
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Simulator simulator = Simulator.start(anywhere, Script.of("tokens=40 pace=1ms"))) {
      if (!own.embeds()) {
        own = own.with(List.of(simulated(Greeting.base(simulator.address()) + "/v1")), null);
      }
      try (var running = new Stop(wiring.serve(own), folder)) {
        return answers(running.running(), own) ? 0 : UNTRAINED;
      }
    }
  }

  /** A start with a file is as quick, also where this run has none. */
  private static void readFile(Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("train.yaml"), CONFIGURATION);
    ConfigReader.read(new ConfigReader.Flags(file.toString(), "", "", "", ""), Map.of());
  }

  private boolean answers(Wiring.Running running, Config config)
      throws IOException, InterruptedException {
    String secret = ServeCommand.first(config, running).key();
    if (!running.awaitReady(LOADING).isEmpty()) {
      return false;
    }
    var quiet = new PrintStream(OutputStream.nullOutputStream(), true, console.out().charset());
    var silent = new Console(console.in(), quiet, quiet, console.environment(), true);
    new Greeting(silent, config, running::embeds, "", running.api())
        .print(secret, "", running.admin());
    String model = config.models().getFirst().name();
    try (var talk = new Talk(silent, Greeting.base(running.api()), secret, model, 40)) {
      return talk.say("Hello.") && talk.say("Hello again.");
    }
  }

  private static ServedModel simulated(String url) {
    var target = new TargetAt(TargetAt.url(url), "trained", null, 1, 0, "");
    return new ServedModel(
        "trained",
        List.of(),
        new From.Targets(List.of(target)),
        null,
        Routing.usual(Bounds.DEFAULT));
  }
}
