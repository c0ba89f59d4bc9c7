package tayyar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tayyar.api.CertificateFiles;
import tayyar.config.Config;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.config.TlsSettings;
import tayyar.engine.Engine;
import tayyar.fetch.Fetcher;
import tayyar.net.Transport;
import tayyar.tls.Certificates;

/** Finds, before a start, what would make it fail. */
final class Beforehand {
  private Beforehand() {}

  /** What {@link tayyar.cli.Wiring#mistakes} says. */
  static List<String> mistakes(Config config) {
    List<String> all = new ArrayList<>();
    try {
      var _ = Wired.seen(config);
    } catch (IOException e) {
      all.add(String.valueOf(e.getMessage()));
    }
    if (config.transport() == Config.Sockets.EPOLL && Transport.best() != Transport.EPOLL) {
      all.add("'transport' is epoll, which this machine does not have; write auto or nio.");
    }
    List<Path> files = files(config);
    boolean engine = !files.isEmpty() || !config.asked().isEmpty() || config.models().isEmpty();
    all.addAll(mistakes(config, Fitting.most(config.engine())));
    Config.Natives natives = engine ? config.natives() : null;
    all.addAll(Engine.flaws(natives == null ? null : natives.folder(), files));
    return all;
  }

  /**
   * Those that a start and a reload look for too.
   *
   * @param memory bytes for all embedded models
   */
  static List<String> mistakes(Config config, long memory) {
    List<String> all = new ArrayList<>(Fitting.mistakes(config, memory));
    all.addAll(Certificates.mistakes(certificates(config)));
    return all;
  }

  /** The certificates that it names; none where there is no TLS. */
  static List<CertificateFiles> certificates(Config config) {
    TlsSettings tls = config.tls();
    return tls == null ? List.of() : tls.certificates();
  }

  /** The models' files, but for those that would be fetched. */
  private static List<Path> files(Config config) {
    if (!config.asked().isEmpty()) {
      return config.asked().stream()
          .filter(one -> !one.contains(":") && Files.exists(Path.of(one)))
          .map(Path::of)
          .toList();
    }
    return config.models().stream()
        .map(ServedModel::from)
        .filter(From.File.class::isInstance)
        .map(from -> ((From.File) from).path())
        .filter(file -> Fetcher.listed(file) == null)
        .toList();
  }
}
