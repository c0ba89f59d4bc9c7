package tayyar.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan that can be changed part by part. */
final class Draft {
  List<MeasuredEndpoint> endpoints;
  Arrivals arrivals = new Arrivals.ClosedLoop(4);
  String script = "";
  String answer = "20";
  List<String> models = List.of("m");
  List<String> prompts = List.of();
  boolean stream = true;
  boolean numbered = true;
  boolean keepAlive = true;
  boolean http2;
  int streams = 100;
  @Nullable Path authorities;
  String targetHeader = "x-tayyar-target";
  long requests = 40;
  Duration duration = Duration.ZERO;
  Duration warmUp = Duration.ZERO;
  Duration timeout = Duration.ofSeconds(20);
  Duration grace = Duration.ofSeconds(20);
  Objective objective = Objective.NONE;
  int rounds = 1;
  int threads = 1;

  Draft(MeasuredEndpoint endpoint) {
    this.endpoints = List.of(endpoint);
  }

  /** On this machine, with the key {@code sk-k}. */
  static MeasuredEndpoint endpoint(String name, int port) {
    return MeasuredEndpoint.of(name + "=http://127.0.0.1:" + port + "/v1", "sk-k");
  }

  LoadPlan plan() {
    var shape =
        new Prompts.Shape(
            models,
            Amount.of("uniform:5-300"),
            0,
            Amount.of(answer),
            script.isEmpty() ? "numbered" : script,
            "",
            stream,
            true,
            numbered);
    List<PromptFile.Prompt> file = prompts.isEmpty() ? List.of() : PromptFile.parse(prompts, "f");
    return new LoadPlan(
        endpoints,
        arrivals,
        new Prompts(shape, file, 3),
        stream,
        objective,
        warmUp,
        duration,
        requests,
        rounds,
        Duration.ZERO,
        timeout,
        grace,
        new ConnectionUse(http2, streams, keepAlive, authorities),
        targetHeader,
        threads,
        3);
  }

  Run run() throws InterruptedException {
    return new Bench(plan(), _ -> {}).run();
  }

  Run.Side side() throws InterruptedException {
    return run().sides().getFirst();
  }
}
