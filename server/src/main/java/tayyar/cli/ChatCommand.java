package tayyar.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tayyar.config.Config;
import tayyar.config.Listen;
import tayyar.keys.KeyStore;
import tayyar.store.Store;

/** A conversation on the terminal; what it starts ends with it. */
@Command(
    name = "chat",
    description = "Talks with a model on the terminal; leaves no server behind.",
    footer = {"", "Example: tayyar chat \"Write a poem about the Nile\""})
final class ChatCommand implements Callable<Integer> {
  private static final Duration LOADING = Duration.ofMinutes(10);
  private static final Listen ANYWHERE = new Listen("127.0.0.1", 0);

  private final Wiring wiring;
  private final Console console;
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--name", paramLabel = "NAME", description = "Which of the configured models.")
  private String name = "";

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first.")
  private String system = "";

  @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer.")
  private @Nullable Integer maxTokens;

  @Parameters(
      arity = "0..*",
      paramLabel = "TEXT",
      description = "What to ask; without it, a conversation.")
  private List<String> words = List.of();

  ChatCommand(Wiring wiring, Console console) {
    this.wiring = wiring;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (maxTokens != null && maxTokens < 1) {
      throw new CommandException("--max-tokens is " + maxTokens + "; it must be at least 1.");
    }
    Config config = new Ready(console).config(options.read(console.environment()));
    Path folder = Files.createTempDirectory("tayyar-chat");
    Config own = config.at(ANYWHERE, ANYWHERE, folder.resolve("chat.db"));
    String secret = key(own);
    try (var stop = new Stop(wiring.serve(own), folder)) {
      String why = stop.running().awaitReady(LOADING);
      if (!why.isEmpty()) {
        throw new CommandException(why);
      }
      String model = name.isEmpty() ? config.models().getFirst().name() : name;
      config.models().stream()
          .filter(served -> served.name().equals(model))
          .flatMap(served -> Greeting.knows(served).stream())
          .forEach(sentence -> console.err().println(console.dim(sentence)));
      var talk = new Talk(console, Greeting.base(stop.running().api()), secret, model, limit());
      stop.ends(talk);
      if (!system.isEmpty()) {
        talk.system(system);
      }
      return converse(talk);
    }
  }

  private int converse(Talk talk) throws IOException, InterruptedException {
    if (!words.isEmpty()) {
      return talk.say(String.join(" ", words)) ? 0 : 1;
    }
    var lines = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
    console.err().println(console.dim("Ctrl-D ends the conversation."));
    while (!talk.closed()) {
      console.err().print(console.accent("> "));
      console.err().flush();
      String line = lines.readLine();
      if (line == null) {
        console.err().println();
        return 0;
      }
      if (!line.isBlank()) {
        talk.say(line);
      }
    }
    return 1;
  }

  private int limit() {
    return Objects.requireNonNullElse(maxTokens, 0);
  }

  private static String key(Config config) {
    try (Store store = Store.open(config.store())) {
      return new KeyStore(store.dataSource()).create("chat", 1_000_000).secret();
    }
  }
}
