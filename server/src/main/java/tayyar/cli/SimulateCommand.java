package tayyar.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tayyar.config.Listen;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;

/** A scripted upstream. */
@Command(
    name = "simulate",
    description = {
      "Runs a scripted upstream: an inference server without a model, for trying things out.",
      "A request may bring words of its own in its last message: [[tokens=20 pace=5ms cut@7]]",
      "It answers chats, completions and embeddings, OpenAI's Responses, Anthropic's Messages and"
          + " Google's generateContent, with JSON where a form is asked for, and calls a request's"
          + " tools where it is told calls@0. It counts tokens in words.",
      "",
      "Words for the answer: tokens=N first=TIME pace=TIME arabic mixed echo size=N seed=N",
      "  numbered stamped reasoning=N calls@TOKEN tool=NAME arguments=JSON (percent-encoded)",
      "  finish=NAME nousage earlyhead",
      "To write as real servers do: eventwise (each event in its own write) vllm (its members)",
      "Faults: status=N retryafter=N refuse hang, and at a token: cut@TOKEN reset@TOKEN",
      "  stall@TOKEN garbage@TOKEN errorevent@TOKEN code=NAME big@TOKEN endless@TOKEN badframe@TOKEN",
      "Oddities: nodone nofinish empty closes bytewise crlf nospace comments idfield usageevery",
      "  roleevery errornull nullcontent nochoices finishwithtoken floats base64 plain;",
      "for tests in the same process: hold@TOKEN"
    },
    footer = {
      "",
      "Example: tayyar simulate --listen 127.0.0.1:9000 --script \"tokens=40 pace=20ms arabic\""
    })
final class SimulateCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen (default: ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:9000";

  @Option(names = "--script", paramLabel = "WORDS", description = "How it answers.")
  private String script = "tokens=40 pace=20ms";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads (default: ${DEFAULT-VALUE}).")
  private int threads = 1;

  SimulateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Listen at = ServeCommand.address("--listen", listen);
    if (threads < 1 || threads > 256) {
      throw new CommandException("--threads is " + threads + "; it must be 1 to 256.");
    }
    Simulator simulator;
    try {
      simulator =
          Simulator.start(new InetSocketAddress(at.host(), at.port()), Script.of(script), threads);
    } catch (IllegalArgumentException e) {
      throw new CommandException("--script: " + e.getMessage());
    } catch (IOException e) {
      Taken.check("--listen", at);
      throw new CommandException("The simulator " + e.getMessage() + ".");
    }
    try (simulator) {
      console
          .out()
          .println("The simulator answers at " + Greeting.base(simulator.address()) + "/v1");
      console.out().flush();
      new CountDownLatch(1).await();
      return 0;
    }
  }
}
