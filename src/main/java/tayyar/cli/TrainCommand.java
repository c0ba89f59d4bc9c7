package tayyar.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tayyar.config.Config;
import tayyar.config.ConfigReader;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.config.TargetAt;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;

/** A short run with all that a start and a first answer need, for the JVM to learn from. */
@Command(
    name = "train",
    hidden = true,
    description = "Starts, answers over loopback, and stops; the launcher's way to a quick start.",
    footer = {"", "Example: tayyar train"})
final class TrainCommand implements Callable<Integer> {
  private final Wiring wiring;
  private final Console console;

  TrainCommand(Wiring wiring, Console console) {
    this.wiring = wiring;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tayyar-train");
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Simulator simulator = Simulator.start(anywhere, Script.of("tokens=40 pace=1ms"))) {
      Config config = config(Greeting.base(simulator.address()) + "/v1", folder);
      String secret = ServeCommand.firstKey(config);
      try (var running = new Stop(wiring.serve(config), folder)) {
        return answers(running, config, secret) ? 0 : 1;
      }
    }
  }

  private boolean answers(Stop running, Config config, String secret)
      throws IOException, InterruptedException {
    var quiet = new PrintStream(OutputStream.nullOutputStream(), true, console.out().charset());
    var silent = new Console(console.in(), quiet, quiet, console.environment(), true);
    var base = Greeting.base(running.running().api());
    new Greeting(silent, config, running.running().api()).print(secret, running.running().admin());
    try (var talk = new Talk(silent, base, secret, "trained", 0)) {
      return talk.say("Hello.") && talk.say("Hello again.");
    }
  }

  private static Config config(String url, Path folder) {
    var target = new TargetAt(TargetAt.url(url), "trained", null, 1);
    var model = new ServedModel("trained", List.of(), new From.Targets(List.of(target)), null);
    var flags = new ConfigReader.Flags("", "127.0.0.1:0", "127.0.0.1:0", folder + "/t.db", "");
    var none = new java.util.HashMap<String, String>();
    return ConfigReader.read(flags, none).with(List.of(model), null);
  }
}
