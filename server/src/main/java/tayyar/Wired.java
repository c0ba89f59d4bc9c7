package tayyar;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Endpoint;
import tayyar.api.Model;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.cli.Wiring;
import tayyar.cli.WorkerOptions;
import tayyar.config.Config;
import tayyar.config.EngineSettings;
import tayyar.config.Listen;
import tayyar.config.Routing;
import tayyar.config.Secret;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.config.Sharing;
import tayyar.config.TargetAt;
import tayyar.config.TlsSettings;
import tayyar.engine.EngineConfig;
import tayyar.engine.EngineException;
import tayyar.http.Callers;
import tayyar.net.Transport;
import tayyar.process.Parent;
import tayyar.routing.Fleet;
import tayyar.routing.LeastInFlight;
import tayyar.routing.LowestFirstToken;
import tayyar.routing.Policy;
import tayyar.routing.PowerOfTwo;
import tayyar.routing.PrefixAffinity;
import tayyar.routing.Streams;
import tayyar.routing.Weighted;
import tayyar.telemetry.OtlpSettings;
import tayyar.tls.Certificates;
import tayyar.tls.Tls;

/** From a configuration to what runs. */
final class Wired implements Wiring {
  private static final Logger LOG = LoggerFactory.getLogger(Wired.class);

  private static final long STARTED = System.currentTimeMillis() / 1000;

  @Override
  public void prepare() {
    Tls.prepare();
    Thread.ofPlatform().daemon().name("prepare").start(Transport::best);
  }

  @Override
  public Running serve(Config config) throws IOException {
    long memory = Fitting.budget(config.engine());
    List<String> mistakes = Beforehand.mistakes(config, memory);
    if (!mistakes.isEmpty()) {
      throw new IOException(String.join(" ", mistakes));
    }
    var own = new OwnModels(config);
    try {
      return new Started(
          new Gateway(plan(config, own.offers(config), memory)), own, memory, config);
    } catch (IOException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private static Plan plan(Config config, List<Offer> offers, long memory) throws IOException {
    return new Plan(
        new Address.Tcp(config.listen().host(), config.listen().port(), false),
        new InetSocketAddress(config.admin().host(), config.admin().port()),
        secured(config.tls()),
        config.http2(),
        config.store(),
        config.keep(),
        config.storing(),
        Counting.of(config.limits()),
        offers,
        new Plan.Shared(memory, config.engine().threads()),
        config.bounds(),
        config.exposesTarget(),
        transport(config.transport()),
        config.loops(),
        new Callers(config.trustedProxies()),
        seen(config));
  }

  private static Plan.@Nullable Secured secured(@Nullable TlsSettings tls) {
    if (tls == null) {
      return null;
    }
    Listen from = tls.redirect();
    return new Plan.Secured(
        tls.certificates(),
        from == null ? null : new Address.Tcp(from.host(), from.port(), false),
        tls.admin());
  }

  static Seen seen(Config config) throws IOException {
    try {
      var otlp = OtlpSettings.of(System.getenv(), config.seen().otlp());
      return new Seen(config.seen().metrics(), config.seen().accessLog(), otlp);
    } catch (IllegalArgumentException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<String> warnings(Config config) {
    List<String> all = new ArrayList<>(Certificates.warnings(Beforehand.certificates(config)));
    all.add(Counting.flaw(config.limits()));
    all.removeIf(String::isEmpty);
    return all;
  }

  @Override
  public String name(Config config) {
    TlsSettings tls = config.tls();
    return tls == null ? "" : Certificates.name(tls.certificates().getFirst()).orElse("");
  }

  @Override
  public List<String> mistakes(Config config) {
    return Beforehand.mistakes(config);
  }

  private static Transport transport(Config.Sockets way) {
    return switch (way) {
      case AUTO -> Transport.best();
      case EPOLL -> Transport.EPOLL;
      case NIO -> Transport.NIO;
    };
  }

  static Model described(ServedModel model, String owner, Set<Endpoint> endpoints) {
    return new Model(
        model.name(),
        STARTED,
        owner,
        null,
        model.defaults(),
        model.aliases(),
        endpoints,
        model.languages());
  }

  static Offer.Remote remote(ServedModel model, From.Targets targets) {
    List<Fleet.Member> members = new ArrayList<>();
    Map<Target, String> probes = new HashMap<>();
    List<String> names = targets.names();
    for (int i = 0; i < names.size(); i++) {
      TargetAt at = targets.all().get(i);
      Target target = target(names.get(i), at);
      members.add(new Fleet.Member(target, at.weight(), at.capacity()));
      if (!at.probe().isEmpty()) {
        probes.put(target, at.probe());
      }
    }
    return new Offer.Remote(
        described(model, "remote", model.embeds() ? Model.VECTORS : Model.TEXT),
        members,
        rules(model.routing()),
        probes);
  }

  private static Target target(String name, TargetAt at) {
    URI url = at.url();
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    String path = Objects.requireNonNullElse(url.getRawPath(), "").replaceAll("/+$", "");
    Secret key = at.key();
    return new Target(
        name,
        new Address.Tcp(bare, at.port(), at.isTls()),
        path,
        at.model(),
        key == null ? null : key.value(),
        at.access());
  }

  static Fleet.Rules rules(Routing routing) {
    return new Fleet.Rules(
        policy(routing.policy()),
        routing.fallback(),
        routing.queue(),
        streams(routing),
        routing.bounds());
  }

  private static Streams streams(Routing routing) {
    if (routing.continues()) {
      return Streams.CONTINUED;
    }
    return routing.streamed() ? Streams.ALWAYS : Streams.WANTED;
  }

  private static Policy policy(Routing.Policy named) {
    var random = RandomGenerator.getDefault();
    return switch (named) {
      case POWER_OF_TWO -> new PowerOfTwo(random);
      case LEAST_IN_FLIGHT -> new LeastInFlight();
      case WEIGHTED -> new Weighted(random);
      case LOWEST_FIRST_TOKEN -> new LowestFirstToken();
      case PREFIX_AFFINITY -> new PrefixAffinity(new PowerOfTwo(random));
    };
  }

  @Override
  public int worker(WorkerOptions options) throws IOException {
    EngineSettings engine = options.engine();
    var config =
        new EngineConfig(
            options.natives(),
            options.model(),
            options.name(),
            engine.slots(),
            engine.context(),
            engine.threads(),
            engine.batch(),
            engine.queue(),
            engine.prefixCache() != Sharing.OFF,
            engine.promptCache(),
            options.defaults());
    Path socket = options.socket();
    Address listen =
        socket == null
            ? new Address.Tcp(options.listen().host(), options.listen().port(), false)
            : new Address.Unix(socket.toString());
    boolean ofGateway = options.endsWithInput();
    var life = new Life(System.out, ofGateway);
    if (ofGateway) {
      hear(life, socket);
    }
    try {
      WorkerServer.run(config, listen, Transport.best(), life);
      return 0;
    } catch (EngineException e) {
      String why = String.valueOf(e.getMessage());
      if (!ofGateway) {
        throw new IOException(why, e);
      }
      System.out.println(WorkerLines.fatal(why));
      return 1;
    }
  }

  /** A gateway that was killed, and said no word of an end, has left the socket behind. */
  private static void hear(Life life, @Nullable Path socket) {
    var bye = new AtomicBoolean();
    Parent.hear(
        System.in,
        line -> {
          int threads = WorkerLines.threads(line);
          if (threads > 0) {
            life.give(threads);
          }
          bye.compareAndSet(false, WorkerLines.isBye(line));
        },
        () -> {
          if (socket != null && !bye.get()) {
            remove(socket);
          }
          life.end();
        });
  }

  static void remove(Path socket) {
    try {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(Objects.requireNonNull(socket.getParent()));
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", socket).log("the worker's socket is left behind");
    }
  }
}
