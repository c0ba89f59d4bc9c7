package tayyar.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tayyar.bench.Amount;
import tayyar.bench.Arrivals;
import tayyar.bench.ConnectionUse;
import tayyar.bench.LoadPlan;
import tayyar.bench.MeasuredEndpoint;
import tayyar.bench.ModelList;
import tayyar.bench.Objective;
import tayyar.bench.PlanException;
import tayyar.bench.PromptFile;
import tayyar.bench.Prompts;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code bench} is told, and the plan it makes. */
final class BenchOptions {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)(ms|s|m|h)|0");
  private static final int THREADS_MAX = 4;

  @Option(
      names = "--url",
      paramLabel = "[NAME=]URL",
      description = "The endpoint (default: http://127.0.0.1:8080/v1); several are compared.")
  private List<String> urls = List.of();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The key, one for all or one a URL (default: $OPENAI_API_KEY).")
  private List<String> keys = List.of();

  @Option(
      names = "--header",
      paramLabel = "FIELD",
      description = "Another field of each request, such as \"X-Tenant: a\".")
  private List<String> headers = List.of();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The model (default: the endpoint's first); several are asked by chance.")
  private List<String> models = List.of();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "So many users, each asking again when it has its answer (default: 8).")
  private int concurrency;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Instead: so many requests a second, however long the answers take.")
  private double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "KIND",
      description = "With --rate: poisson or constant (default: poisson).")
  private String arrivals = "poisson";

  @Option(
      names = "--prompt",
      paramLabel = "TOKENS",
      description = {
        "Prompt size: 128, uniform:10-200, normal:200,50, lognormal:200,0.8[,MOST],",
        "exponential:200[,MOST] (default: ${DEFAULT-VALUE})."
      })
  private String prompt = "128";

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = "Instead: prompts, one a line, as text or JSON with prompt or messages.")
  private @Nullable Path prompts;

  @Option(
      names = "--shared-prefix",
      paramLabel = "TOKENS",
      description = "So much of each prompt's beginning is the same, for prefix caches.")
  private int shared;

  @Option(
      names = "--answer",
      paramLabel = "TOKENS",
      description = "The longest answer (max_tokens), as --prompt (default: the model's own).")
  private String answer = "";

  @Option(names = "--duration", paramLabel = "TIME", description = "How long (default: 30s).")
  private String duration = "";

  @Option(names = "--requests", paramLabel = "N", description = "Instead: how many requests.")
  private long requests;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      description = "Asked before, and not counted (default: ${DEFAULT-VALUE}).")
  private String warmUp = "5s";

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Turns of each endpoint, where there are several (default: 10, or fewer).")
  private int rounds;

  @Option(
      names = "--ramp",
      paramLabel = "TIME",
      description = "Users come in over this time, not all at once (default: a tenth, 1s at most).")
  private String ramp = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "The longest answer (default: ${DEFAULT-VALUE}).")
  private String timeout = "10m";

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = {
        "How long answers may go on behind --duration (default: ${DEFAULT-VALUE});",
        "those of --requests are waited for, each until --timeout."
      })
  private String grace = "30s";

  @Option(
      names = "--objective",
      paramLabel = "BOUNDS",
      description = "What a good answer keeps: ttft=200ms,itl=50ms (also tpot, e2e).")
  private String objective = "";

  @Option(names = "--no-stream", description = "Whole answers instead of streams.")
  private boolean whole;

  @Option(names = "--no-usage", description = "Streams are not asked for their usage.")
  private boolean noUsage;

  @Option(names = "--no-keep-alive", description = "A new connection for each request.")
  private boolean noKeepAlive;

  @Option(
      names = "--http2",
      description = "Speaks HTTP/2: by ALPN where the URL begins with https, else as h2c.")
  private boolean http2;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = {
        "With --http2: requests at once on a connection, if the server allows as many",
        "(default: ${DEFAULT-VALUE})."
      })
  private int streams = 100;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Trusts the certificates in this PEM file, and no others.")
  private @Nullable Path authorities;

  @Option(
      names = "--target-header",
      paramLabel = "NAME",
      description = "The field in which answers name their target (default: ${DEFAULT-VALUE}).")
  private String targetHeader = "x-tayyar-target";

  @Option(
      names = "--extra",
      paramLabel = "JSON",
      description = "More members of the body: {\"temperature\":0,\"ignore_eos\":true}.")
  private String extra = "";

  @Option(
      names = "--script",
      paramLabel = "WORDS",
      description = "Words for a simulator behind the endpoint: \"pace=20ms\".")
  private String script = "";

  @Option(
      names = "--numbered",
      description = "That simulator numbers its tokens; lost and doubled ones are found.")
  private boolean numbered;

  @Option(
      names = "--stamped",
      description = "And says when it wrote each token; how long they are on the way is measured.")
  private boolean stamped;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Event loops of the generator (default: half the cores, 4 at most).")
  private int threads;

  @Option(names = "--seed", paramLabel = "N", description = "Decides all chance (default: 1).")
  private long seed = 1;

  LoadPlan plan(Map<String, String> environment) throws InterruptedException {
    List<MeasuredEndpoint> endpoints = endpoints(environment);
    Duration length = duration.isEmpty() && requests == 0 ? Duration.ofSeconds(30) : time(duration);
    int turns = rounds > 0 || endpoints.size() == 1 ? Math.max(1, rounds) : turns(length);
    int cores = Runtime.getRuntime().availableProcessors();
    return new LoadPlan(
        endpoints,
        arrivals(),
        prompts(endpoints.getFirst()),
        !whole,
        objective.isEmpty() ? Objective.NONE : Objective.of(objective),
        time(warmUp),
        length,
        requests,
        turns,
        ramp.isEmpty() ? ramp(length.dividedBy(turns)) : time(ramp),
        time(timeout),
        time(grace),
        new ConnectionUse(http2, streams, !noKeepAlive, authorities),
        targetHeader,
        threads > 0 ? threads : Math.clamp(cores / 2, 1, THREADS_MAX),
        seed);
  }

  /** Ten, or fewer so that each has its three seconds. */
  private int turns(Duration length) {
    long most = requests > 0 ? requests : Math.max(2, length.toSeconds() / 3);
    return (int) Math.min(10, most);
  }

  private static Duration ramp(Duration turn) {
    long millis = turn.isZero() ? 100 : turn.toMillis() / 10;
    return Duration.ofMillis(Math.min(1000, millis));
  }

  private List<MeasuredEndpoint> endpoints(Map<String, String> environment) {
    List<String> all = urls.isEmpty() ? List.of("http://127.0.0.1:8080/v1") : urls;
    if (keys.size() > 1 && keys.size() != all.size()) {
      throw new PlanException("Give one --key, or one for each --url.");
    }
    String common = environment.getOrDefault("OPENAI_API_KEY", "");
    List<MeasuredEndpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      String key = keys.isEmpty() ? common : keys.get(Math.min(i, keys.size() - 1));
      endpoints.add(MeasuredEndpoint.of(all.get(i), key).with(headers));
    }
    return endpoints;
  }

  private Arrivals arrivals() {
    if (rate == 0) {
      return new Arrivals.ClosedLoop(concurrency == 0 ? 8 : concurrency);
    }
    if (concurrency != 0) {
      throw new PlanException("Say either --concurrency or --rate.");
    }
    return switch (arrivals) {
      case "poisson" -> new Arrivals.OpenLoop(rate, true);
      case "constant" -> new Arrivals.OpenLoop(rate, false);
      default -> throw new PlanException("--arrivals is poisson or constant.");
    };
  }

  private Prompts prompts(MeasuredEndpoint first) throws InterruptedException {
    boolean counted = numbered || stamped;
    String words = (counted ? "numbered " : "") + (stamped ? "stamped " : "") + script;
    var shape =
        new Prompts.Shape(
            models.isEmpty() ? List.of(ModelList.first(first, authorities)) : models,
            Amount.of(prompt),
            shared,
            answer.isEmpty() ? null : Amount.of(answer),
            words.strip(),
            members(extra, !whole),
            !whole,
            !noUsage,
            counted);
    Path file = prompts;
    return new Prompts(shape, file == null ? List.of() : PromptFile.read(file), seed);
  }

  /** The members of a JSON object without its braces. */
  private static String members(String extra, boolean streamed) {
    try {
      JsonNode object = JsonMapper.shared().readTree(extra.isEmpty() ? "{}" : extra);
      if (streamed && object.path("n").asInt(1) > 1) {
        throw new PlanException(
            "A stream is measured as one answer; leave 'n' out of --extra or say --no-stream.");
      }
      if (object.isObject()) {
        String text = object.toString();
        return text.substring(1, text.length() - 1);
      }
    } catch (JacksonException e) {
      throw new PlanException("--extra is no JSON object.");
    }
    throw new PlanException("--extra is no JSON object.");
  }

  private static Duration time(String text) {
    Matcher parts = TIME.matcher(text.isEmpty() ? "0" : text);
    if (!parts.matches()) {
      throw new PlanException("'" + text + "' is no time; write 500ms, 30s, 5m or 1h.");
    }
    if (parts.group(1) == null) {
      return Duration.ZERO;
    }
    int millis =
        switch (parts.group(2)) {
          case "ms" -> 1;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 1000;
        };
    BigDecimal seconds =
        new BigDecimal(parts.group(1)).movePointLeft(3).multiply(new BigDecimal(millis));
    BigDecimal nanos = seconds.remainder(BigDecimal.ONE).movePointRight(9);
    return Duration.ofSeconds(seconds.longValue(), nanos.longValue());
  }
}
