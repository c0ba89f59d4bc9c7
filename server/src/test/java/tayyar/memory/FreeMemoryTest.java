package tayyar.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On made-up machines. */
final class FreeMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void group(String path, String most, String used, long caches) throws IOException {
    String folder = "sys/fs/cgroup/" + path;
    file(folder + "memory.max", most + "\n");
    file(folder + "memory.current", used + "\n");
    file(folder + "memory.stat", "anon 5\ninactive_file " + caches + "\nactive_file 9\n");
  }

  private void machine(long availableMib) throws IOException {
    file(
        "proc/meminfo",
        "MemTotal:       99999999 kB\nMemFree: 1 kB\nMemAvailable: %d kB\n"
            .formatted(availableMib * 1024));
  }

  private long free() {
    return new FreeMemory(root).bytes();
  }

  @Test
  void ofAMachineWithoutGroups() throws IOException {
    machine(700);
    assertThat(free()).isEqualTo(700 * MIB);
  }

  @Test
  void whatCannotBeReadIsUnknown() throws IOException {
    assertThat(free()).isNegative();
    file("proc/meminfo", "MemTotal: many kB\n");
    assertThat(free()).isNegative();
  }

  @Test
  void aContainerGivesWhatItHas() throws IOException {
    machine(8_000);
    file("proc/self/cgroup", "0::/\n");
    group("", String.valueOf(1_000 * MIB), String.valueOf(600 * MIB), 0);
    assertThat(free()).isEqualTo(400 * MIB);
  }

  /** They are counted, and given back when somebody wants memory. */
  @Test
  void cachesOfFilesAreFree() throws IOException {
    machine(8_000);
    file("proc/self/cgroup", "0::/\n");
    group("", String.valueOf(1_000 * MIB), String.valueOf(900 * MIB), 300 * MIB);
    assertThat(free()).isEqualTo(400 * MIB);
  }

  @Test
  void theTightestOfTheGroupsAboveCounts() throws IOException {
    machine(8_000);
    file("proc/self/cgroup", "1:name=systemd:/x\n0::/system.slice/tayyar.service\n");
    group("system.slice/tayyar.service/", "max", String.valueOf(100 * MIB), 0);
    group("system.slice/", String.valueOf(500 * MIB), String.valueOf(200 * MIB), 0);
    assertThat(free()).isEqualTo(300 * MIB);
  }

  @Test
  void aGroupThatUsesMoreThanItHasLeavesNothing() throws IOException {
    machine(8_000);
    file("proc/self/cgroup", "0::/../..\n");
    group("", String.valueOf(100 * MIB), String.valueOf(200 * MIB), 0);
    assertThat(free()).isZero();
  }

  @Test
  void thisMachineIsKnown() {
    assertThat(FreeMemory.HERE.bytes()).isPositive();
  }
}
