package tayyar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Checkout.Said;

/** {@code ./tayyar} as a process, with JDKs and a Maven that are small scripts. */
@Tag("socket")
@Timeout(60)
final class LauncherTest {
  @TempDir private Path folder;
  private Checkout checkout;

  @BeforeEach
  void checkOut() throws IOException {
    checkout = new Checkout(folder);
  }

  private Path jvm(String name) {
    return checkout.machine().resolve("usr/lib/jvm").resolve(name);
  }

  private static void assertRefused(Said said, String sentence) {
    assertThat(said.err()).isEqualTo(sentence + "\n");
    assertThat(said.out()).isEmpty();
    assertThat(said.status()).isEqualTo(1);
  }

  private void assertRuns(String jdk) throws IOException {
    Said said = checkout.run("version");

    assertThat(said.err()).isEmpty();
    assertThat(said.out()).startsWith(jdk).endsWith("version");
    assertThat(said.status()).isZero();
  }

  @Test
  void withoutAJdkItSaysWhatToDo() throws IOException {
    assertRefused(
        checkout.run("serve"),
        "tayyar: no JDK 25 or newer was found. Install one, or point TAYYAR_JAVA_HOME at it.");
  }

  @Test
  void withoutAHomeItSaysSo() throws IOException {
    checkout.jdk(jvm("jdk-25"), 25);
    Said said = checkout.unset("HOME").run("serve");

    assertThat(said.status()).isNotZero();
    assertThat(said.err()).contains("HOME: is not set; caches and keys are kept below it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "machine/usr/lib/jvm/found",
        "home/.sdkman/candidates/java/found",
        "home/.jdks/found",
        "machine/opt/java/found",
        "machine/opt/jdk-found"
      })
  void findsOneWhereJavaHomeIsTooOld(String place) throws IOException {
    checkout.set("JAVA_HOME", checkout.jdk(folder.resolve("old"), 17).toString());
    checkout.jdk(jvm("a-17"), 17);
    checkout.jdk(folder.resolve(place), 25);

    assertRuns(Path.of(place).getFileName().toString());
  }

  @Test
  void takesANewerOneToo() throws IOException {
    checkout.jdk(jvm("jdk-8"), 8);
    checkout.jdk(jvm("jdk-26"), 26);

    assertRuns("jdk-26");
  }

  @Test
  void takesTheOneOnThePath() throws IOException {
    Path jdk = checkout.jdk(folder.resolve("elsewhere"), 25);
    Files.createSymbolicLink(checkout.bin().resolve("java"), jdk.resolve("bin/java"));

    assertRuns("elsewhere");
  }

  @Test
  void takesItsOwnVariableFirst() throws IOException {
    checkout.set("JAVA_HOME", checkout.jdk(folder.resolve("java-home"), 25).toString());
    assertRuns("java-home");
    checkout.set("TAYYAR_JAVA_HOME", checkout.jdk(folder.resolve("own"), 25).toString());
    assertRuns("own");
  }

  @Test
  void passesOverWhatIsNone() throws IOException {
    checkout.set("TAYYAR_JAVA_HOME", folder.resolve("nothing").toString());
    Path runtime = checkout.jdk(jvm("a-runtime"), 25);
    Files.delete(runtime.resolve("bin/javac"));
    Path broken = checkout.jdk(jvm("b-broken"), 25);
    Checkout.script(broken.resolve("bin/java"), "#!/bin/sh\nexit 1\n");
    checkout.jdk(jvm("c-whole"), 25);

    assertRuns("c-whole");
  }

  @Test
  void goesOnWithTheJdkThatBuilt() throws IOException {
    checkout.jdk(jvm("a"), 25);
    Path other = checkout.jdk(jvm("b"), 25);
    Path remembered = checkout.target().resolve(".jdk");
    Files.writeString(remembered, other.toString());
    assertRuns("b");
    Files.writeString(remembered, jvm("gone").toString());
    assertRuns("a");
  }

  @Test
  void passesOnWhatWasSaid() throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    Said said = checkout.run("chat", "two words", "", "--system", "*");

    assertThat(said.out())
        .contains("-Duser.home=" + checkout.home())
        .endsWith("-jar", checkout.jar().toString(), "chat", "two words", "", "--system", "*");
  }

  @Test
  void runsByALinkFromElsewhere() throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    Path link = Files.createSymbolicLink(folder.resolve("link"), checkout.launcher());

    assertThat(checkout.by(link, "version").out()).contains(checkout.jar().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"server/src/main/A.java", "bench/src/main/A.java", "bench/pom.xml", "pom.xml"})
  void buildsOnlyWhatHasChanged(String file) throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    checkout.maven("echo \"$*\" >> \"$HOME/asked\"", "echo jar > '" + checkout.jar() + "'");
    assertRuns("jdk");
    assertThat(checkout.home().resolve("asked")).doesNotExist();
    checkout.changed(file);
    Said built = checkout.run("version");

    assertThat(built.err()).isEqualTo("Building Tayyar (only when its sources have changed) ...\n");
    assertThat(built.out()).startsWith("jdk").endsWith("version");
    assertThat(checkout.home().resolve("asked"))
        .content()
        .hasLineCount(1)
        .contains("-Duser.home=" + checkout.home(), "-Dchecks=off");
    assertThat(checkout.target().resolve(".jdk")).hasContent(jvm("jdk").toString());
    assertRuns("jdk");
  }

  @Test
  void twoAtOnceBuildOnce() throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    checkout.maven("echo \"$*\" >> \"$HOME/asked\"", "echo jar > '" + checkout.jar() + "'");
    checkout.changed();
    Process first = checkout.start(checkout.launcher(), "version");
    Process second = checkout.start(checkout.launcher(), "version");

    assertThat(Checkout.ended(first).status() + Checkout.ended(second).status()).isZero();
    assertThat(checkout.home().resolve("asked")).content().hasLineCount(1);
  }

  @Test
  void withoutMavenItSaysSo() throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    Files.delete(checkout.jar());

    assertRefused(
        checkout.run("serve"),
        "tayyar: Maven (mvn) is not on the PATH; it builds Tayyar on first use.");
  }

  @Test
  void aBuildThatFailsIsShown() throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    checkout.maven("echo what went wrong", "exit 1");
    checkout.changed();

    assertRefused(
        checkout.run("serve"),
        "Building Tayyar (only when its sources have changed) ...\nwhat went wrong\ntayyar: the build"
            + " failed; its log is "
            + checkout.target().resolve("build.log")
            + ".");
  }

  @Test
  void learnsToStartQuicklyOnce() throws IOException {
    checkout.unset("TAYYAR_AOT");
    checkout.jdk(
        jvm("jdk"),
        25,
        "for a; do case $a in",
        "  -XX:AOTMode=create) create=yes;;",
        "  -XX:AOTConfiguration=*) [ -n \"$create\" ] || echo conf > \"${a#*=}\";;",
        "  -XX:AOTCache=*.part) echo cache > \"${a#*=}\";;",
        "esac; done");
    Said first = checkout.run("serve", "--x", "y");
    Said second = checkout.run("serve", "--x", "y");

    Path cache = checkout.target().resolve("tayyar.aot");
    assertThat(first.err()).isEqualTo("Preparing a quick start, once ...\n");
    assertThat(first.out()).contains("-XX:AOTCache=" + cache).endsWith("serve", "--x", "y");
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).contains("-XX:AOTCache=" + cache);
  }

  @Test
  void startsWithoutAQuickStartWhereThatFails() throws IOException {
    checkout.unset("TAYYAR_AOT");
    checkout.jdk(jvm("jdk"), 25);
    Said first = checkout.run("serve", "--x", "y");
    Said second = checkout.run("serve", "--x", "y");

    assertThat(first.err()).contains("starts take a little longer.");
    assertThat(first.out())
        .endsWith("serve", "--x", "y")
        .noneMatch(line -> line.contains("AOTCache="));
    assertThat(second.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {".lock", "tayyar.aot.conf"})
  void preparesNothingWhereItMayNotWrite(String file) throws IOException {
    checkout.unset("TAYYAR_AOT");
    checkout.jdk(jvm("jdk"), 25);
    // No mode keeps root from writing, but this does.
    Files.createDirectory(checkout.target().resolve(file));
    Said said = checkout.run("serve");

    assertThat(said.err()).isEmpty();
    assertThat(said.out()).endsWith("serve");
  }

  @Test
  void aMistakeEndsThePreparation() throws IOException {
    checkout.unset("TAYYAR_AOT");
    checkout.jdk(jvm("jdk"), 25, "echo 'One sentence.' >&2", "exit 2");
    Said said = checkout.run("serve", "--no-such-flag");

    assertThat(said.status()).isEqualTo(2);
    assertThat(said.err()).isEqualTo("Preparing a quick start, once ...\nOne sentence.\n");
  }

  private void assertYoung(String megabytes) throws IOException {
    checkout.jdk(jvm("jdk"), 25);
    Said said = checkout.run("version");

    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("-Xmn" + megabytes + "m");
  }

  private void machine(String file, String text) throws IOException {
    Path at = checkout.machine().resolve(file);
    Files.createDirectories(Objects.requireNonNull(at.getParent()));
    Files.writeString(at, text + "\n");
  }

  private void machineOf(int cores, int memoryKilobytes) throws IOException {
    checkout.program("nproc", "echo ${OMP_NUM_THREADS:-" + cores + "}");
    machine("proc/meminfo", "MemTotal:       " + memoryKilobytes + " kB");
  }

  @Test
  void theYoungGenerationGrowsWithTheCores() throws IOException {
    machineOf(3, 8 << 20);
    assertYoung("48");
  }

  @Test
  void itTakesNoMoreThanASixteenthOfTheMemory() throws IOException {
    machineOf(64, 8 << 20);
    assertYoung("512");
  }

  @Test
  void whatOtherProgramsMayUseOfTheCoresDoesNotCount() throws IOException {
    machineOf(3, 8 << 20);
    checkout.set("OMP_NUM_THREADS", "1");
    assertYoung("48");
  }

  @Test
  void withoutATellerOfCoresThereAreTwo() throws IOException {
    assertYoung("32");
  }

  @ParameterizedTest
  @CsvSource({
    "16, cpu.max, max 100000, 256",
    "16, cpu.max, 150000 100000, 32",
    "16, cpu.max, 50000 100000, 16",
    "16, cpu.max, 9900000 100000, 256",
    "64, memory.max, max, 512",
    "64, memory.max, 1073741824, 64",
    "64, memory.max, 99999999999, 512",
    "64, memory.max, 1048576, 1"
  })
  void aContainersLimitsCount(int cores, String file, String limit, String megabytes)
      throws IOException {
    machineOf(cores, 8 << 20);
    machine("sys/fs/cgroup/" + file, limit);
    assertYoung(megabytes);
  }

  @ParameterizedTest
  @CsvSource({
    "always madvise [never], false",
    "[always] madvise never, true",
    "always [madvise] never, true"
  })
  void pagesAreHugeWhereTheKernelGivesThem(String setting, boolean huge) throws IOException {
    machine("sys/kernel/mm/transparent_hugepage/enabled", setting);
    checkout.jdk(
        jvm("jdk"),
        25,
        "echo \"worker $TAYYAR_WORKER_JAVA_OPTS\"",
        "echo \"tunables $GLIBC_TUNABLES\"");
    Said said = checkout.run("version");

    assertThat(said.err()).isEmpty();
    assertThat(said.out().contains("-XX:+UseTransparentHugePages")).isEqualTo(huge);
    assertThat(said.out()).contains("tunables " + (huge ? "glibc.malloc.hugetlb=1" : ""));
    assertThat(said.out())
        .noneMatch(line -> line.startsWith("worker ") && line.contains("HugePages"));
  }

  @Test
  void gatewayAndWorkerEndWithoutMemoryAndSaySoInTheLog() throws IOException {
    String[] options = {"-XX:+ExitOnOutOfMemoryError", "-XX:+DisplayVMOutputToStderr"};
    checkout.jdk(jvm("jdk"), 25, "echo \"worker $TAYYAR_WORKER_JAVA_OPTS\"");
    Said said = checkout.run("serve");

    assertThat(said.out()).contains(options);
    assertThat(said.out().getFirst()).startsWith("worker ").contains(options);
  }

  @Test
  void whatElseIsSaidOfMemoryStays() throws IOException {
    machine("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
    checkout.jdk(jvm("jdk"), 25, "echo \"tunables $GLIBC_TUNABLES\"");
    checkout.set("GLIBC_TUNABLES", "glibc.malloc.arena_max=2");

    assertThat(checkout.run("version").out()).contains("tunables glibc.malloc.arena_max=2");
  }

  @Test
  void theWorkersYoungGenerationFitsItsHeap() throws IOException {
    machineOf(64, 64 << 20);
    checkout.jdk(jvm("jdk"), 25, "echo \"worker $TAYYAR_WORKER_JAVA_OPTS\"");

    assertThat(checkout.run("version").out())
        .anyMatch(line -> line.startsWith("worker ") && line.endsWith(" -Xmn32m -Xmx512m"));
  }
}
