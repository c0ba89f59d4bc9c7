package tayyar;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.accounts.AccountException;
import tayyar.accounts.Warnings;
import tayyar.admin.AdminPages.Reloaded;
import tayyar.cli.Wiring;
import tayyar.config.Config;
import tayyar.config.ConfigException;
import tayyar.config.Listen;
import tayyar.tls.Certificates;

/**
 * A gateway, its models, and what it was started with.
 *
 * @param memory bytes for all embedded models
 */
record Started(Gateway gateway, OwnModels own, long memory, Config with) implements Wiring.Running {
  private static final Logger LOG = LoggerFactory.getLogger(Started.class);

  @Override
  public InetSocketAddress api() {
    return gateway.api();
  }

  @Override
  public InetSocketAddress admin() {
    return gateway.admin();
  }

  @Override
  public String awaitReady(Duration most) throws InterruptedException {
    String why = gateway.awaitReady(most);
    if (why.isEmpty()) {
      InetSocketAddress redirect = gateway.redirect();
      LOG.atInfo()
          .addKeyValue("listen", written(api()))
          .addKeyValue("admin", written(admin()))
          .addKeyValue("tls", with.tls() != null)
          .addKeyValue("redirect", redirect == null ? "" : written(redirect))
          .addKeyValue("store", with.store())
          .addKeyValue("models", String.join(", ", with.names()))
          .log("started");
      var _ = warned(with);
    }
    return why;
  }

  @Override
  public boolean embeds(String model) {
    return gateway.models().stream().anyMatch(its -> its.id().equals(model) && its.embeds());
  }

  @Override
  public void lookAtKeys() {
    gateway.lookAtKeys();
  }

  @Override
  public void onReload(Config first, Supplier<Config> read) {
    gateway.onReload(() -> reloaded(first, read));
  }

  @Override
  public void reload(Config first, Supplier<Config> read) {
    var _ = reloaded(first, read);
  }

  private synchronized Reloaded reloaded(Config first, Supplier<Config> read) {
    try {
      Config now = read.get();
      List<String> mistakes = Beforehand.mistakes(now, memory);
      if (!mistakes.isEmpty()) {
        throw new IllegalArgumentException(String.join(" ", mistakes));
      }
      gateway.reload(own.offers(now));
      gateway.show(Beforehand.certificates(now));
      List<String> left = first.keptUntilRestart(now);
      if (left.isEmpty()) {
        LOG.atInfo()
            .addKeyValue("models", String.join(", ", now.names()))
            .log("the configuration was reloaded");
      } else {
        LOG.atWarn()
            .addKeyValue("models", String.join(", ", now.names()))
            .addKeyValue("restart_needed_for", String.join(", ", left))
            .log("models were reloaded; the other changes need a restart");
      }
      return new Reloaded("", left, warned(now));
    } catch (IOException | ConfigException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      LOG.atWarn().addKeyValue("why", why).log("the configuration was not reloaded");
      return new Reloaded(why, List.of(), "");
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("a bug in a reload");
      return new Reloaded("That failed unexpectedly; the server's log says why.", List.of(), "");
    }
  }

  /** Returns the warnings too, a line each; empty where there is nothing to warn of. */
  private String warned(Config now) {
    List<String> ofFiles = Certificates.warnings(Beforehand.certificates(now));
    ofFiles.forEach(why -> LOG.atWarn().addKeyValue("why", why).log("a certificate wants a look"));
    return Stream.of(String.join("\n", ofFiles), warnedOfAccounts())
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private String warnedOfAccounts() {
    try {
      Warnings its = gateway.warnings();
      if (!its.unpriced().isEmpty()) {
        LOG.atWarn()
            .addKeyValue("models", String.join(", ", its.unpriced()))
            .log("models have no price; organisations that pay get 503 no_price");
      }
      for (Warnings.Unserved each : its.unserved()) {
        LOG.atWarn()
            .addKeyValue("organisation", each.organisation())
            .addKeyValue("regions", String.join(", ", each.regions()))
            .log("an organisation requires regions that no server is in");
      }
      return String.join("\n", its.sentences());
    } catch (AccountException e) {
      LOG.atWarn().setCause(e).log("the accounts cannot be read");
      return "";
    }
  }

  private static String written(InetSocketAddress at) {
    return new Listen(at.getAddress().getHostAddress(), at.getPort()).toString();
  }

  @Override
  public void leave() {
    gateway.leave();
  }

  @Override
  public void close() {
    gateway.close();
    LOG.atInfo().log("stopped");
    own.remove();
  }
}
