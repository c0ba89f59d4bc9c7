package tayyar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each line of the threat model names tests, and they are there. */
class ThreatModelTest {
  private static final Path CHECKOUT = Path.of(System.getProperty("tayyar.basedir", "."));

  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)`");

  @Test
  void itsTestsAreThere() throws IOException {
    String page = Files.readString(CHECKOUT.resolve("docs/threat-model.md"));
    Set<String> named =
        NAMED.matcher(page).results().map(match -> match.group(1)).collect(Collectors.toSet());
    assertThat(named).hasSizeGreaterThan(20);
    assertThat(there()).containsAll(named);
    assertThat(page.lines().filter(line -> line.startsWith("| **")))
        .allSatisfy(line -> assertThat(NAMED.matcher(line).results()).isNotEmpty());
  }

  private static Set<String> there() throws IOException {
    try (Stream<Path> files = Files.walk(CHECKOUT.resolve("server/src/test/java"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
