package tayyar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.process.Vital;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.Given;
import tayyar.testing.Misfortune;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;

/** The unit for systemd, as systemd reads it, and whether the server can live with it. */
@Tag("socket")
@Timeout(120)
final class ServiceTest {
  private static final Path ROOT = Path.of(System.getProperty("tayyar.basedir", "."));
  private static final Path UNIT = ROOT.resolve("deploy/tayyar.service");

  /** Of 100; what a service without a word about it has is 96. */
  private static final int EXPOSURE_MAX = 25;

  @TempDir private Path folder;

  private static String systemd(String... args) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(Given.program("systemd-analyze").toString());
    builder.command().addAll(List.of(args));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private static Set<String> values(String key) throws IOException {
    return Pattern.compile("(?m)^" + key + "=(.*)$")
        .matcher(Files.readString(UNIT))
        .results()
        .flatMap(found -> Pattern.compile(" ").splitAsStream(found.group(1)))
        .collect(TreeSet::new, Set::add, Set::addAll);
  }

  @Test
  void systemdReadsIt() throws Exception {
    String text = Files.readString(UNIT);
    assertThat(text).contains("ExecStart=/opt/tayyar/tayyar ");
    Path here = folder.resolve("tayyar.service");
    Files.writeString(
        here, text.replace("/opt/tayyar/tayyar", ROOT.resolve("tayyar").toRealPath().toString()));

    assertThat(systemd("verify", "--man=no", here.toString())).isEmpty();
  }

  @Test
  void littleIsExposed() throws Exception {
    assertThat(
            systemd(
                "security",
                "--no-pager",
                "--offline=yes",
                "--threshold=" + EXPOSURE_MAX,
                UNIT.toString()))
        .contains("Overall exposure level");
  }

  @Test
  void itIsStartedAgainBySystemdAloneAndNotWhereThatIsOfNoUse() throws Exception {
    assertThat(values("Restart")).containsExactly("on-failure");
    assertThat(values("RestartPreventExitStatus"))
        .containsExactly("1", "2")
        .doesNotContain("3", String.valueOf(Vital.STATUS));
    assertThat(values("Environment")).contains("TAYYAR_RESTART=off");
  }

  /** What systemd's filter lets through, its sets taken apart. */
  private static Set<String> allowed(String set) throws Exception {
    Set<String> calls = new TreeSet<>();
    for (String line : systemd("syscall-filter", set).lines().toList()) {
      String name = line.strip();
      if (name.startsWith("@") && !name.equals(set)) {
        calls.addAll(allowed(name));
      } else if (line.startsWith(" ") && !name.startsWith("#")) {
        calls.add(name);
      }
    }
    return calls;
  }

  @Test
  void launcherAndServerMakeNoSystemCallThatItForbids() throws Exception {
    Set<String> filters = values("SystemCallFilter");
    assertThat(filters).containsExactly("@system-service");
    assertThat(calls())
        .contains("execve", "epoll_wait", "mmap", "accept4")
        .isSubsetOf(allowed("@system-service"));
  }

  /** All that are made from the start over an answer to the end. */
  private Set<String> calls() throws Exception {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Path counted = folder.resolve("counted");
    try (var misfortune = Misfortune.in(folder);
        var simulator = Simulator.start(anywhere, Script.of("tokens=3"));
        var serving = Serving.of(traced(counted, misfortune, simulator))) {
      long server = misfortune.next().pid();
      answers(serving.address(), serving.key());
      ProcessHandle.of(server).orElseThrow().destroy();
      assertThat(serving.status()).isEqualTo(143);
    }
    Set<String> names = new TreeSet<>(Files.readAllLines(counted));
    names.removeIf(name -> !name.matches("[a-z0-9_]+"));
    names.removeAll(Set.of("syscall", "total"));
    return names;
  }

  private Process traced(Path counted, Misfortune misfortune, Simulator simulator)
      throws IOException {
    var checkout = new Checkout(folder);
    Path config =
        Files.writeString(folder.resolve("tayyar.yaml"), Serving.configuration("sim", simulator));
    return checkout
        .set("TAYYAR_RESTART", "off")
        .set("TAYYAR_JAVA_HOME", checkout.realJdk(folder.resolve("jdk")).toString())
        .set("TAYYAR_JAVA_OPTS", "-XX:TieredStopAtLevel=1 " + misfortune.option())
        .start(
            Given.program("strace"),
            "-fqqc",
            "-U",
            "name",
            "-o",
            counted.toString(),
            checkout.launcher().toString(),
            "serve",
            "--config",
            config.toString());
  }

  private static void answers(InetSocketAddress at, String key) throws IOException {
    try (RawHttp client = RawHttp.to(at)) {
      client.send(Requests.post(key, Requests.chat("sim", "hi", true).toString()));
      assertThat(client.response().events().done()).isTrue();
    }
  }
}
