package tayyar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tayyar.config.Config;
import tayyar.config.ServedModel;
import tayyar.config.ServedModel.From;
import tayyar.engine.Engine;
import tayyar.fetch.Fetcher;
import tayyar.net.Transport;

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
    all.addAll(Fitting.mistakes(config, Fitting.most(config.engine())));
    Config.Natives natives = engine ? config.natives() : null;
    all.addAll(Engine.flaws(natives == null ? null : natives.folder(), files));
    return all;
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
