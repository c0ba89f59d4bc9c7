package tayyar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may use whom. A package that is not in the table fails, and so does one below another. */
final class ArrowsTest {
  private static final String SQL = "javax.sql";
  private static final String NETTY = "io.netty..";
  private static final String JSON = "tools.jackson..";

  /** What each package uses besides itself, {@link #EVERYONE} and, but for {@link #ALONE}, api. */
  private static final Map<String, String[]> USES =
      Map.ofEntries(
          // The steps, which know nothing of each other.
          uses("keys", SQL),
          uses("accounts", SQL),
          uses("routing"),
          uses("limits"),
          uses("redis", "tayyar.limits", "io.lettuce..", NETTY),
          uses("postgres", "tayyar.limits", SQL),
          uses("ledger", SQL),
          // The way of an answer.
          uses("wire", NETTY),
          uses("dialect", "tayyar.wire", NETTY),
          uses("openai", "tayyar.dialect", "tayyar.wire", NETTY, JSON),
          uses("messages", "tayyar.dialect", "tayyar.openai", "tayyar.wire", NETTY, JSON),
          uses("gemini", "tayyar.dialect", "tayyar.openai", "tayyar.wire", JSON),
          uses(
              "responses",
              "tayyar.dialect",
              "tayyar.openai",
              "tayyar.http",
              "tayyar.stored",
              "tayyar.wire",
              NETTY,
              JSON),
          uses("stored", SQL, JSON),
          uses("stream", "tayyar.dialect", "tayyar.wire", NETTY),
          uses(
              "upstream",
              "tayyar.dialect",
              "tayyar.routing",
              "tayyar.wire",
              "tayyar.net",
              "tayyar.process",
              NETTY,
              JSON,
              "javax.net.ssl"),
          uses(
              "engine",
              "tayyar.calls",
              "tayyar.grammar",
              "tayyar.jinja",
              "tayyar.memory",
              "tayyar.process"),
          uses("jinja"),
          uses("grammar", JSON),
          uses("calls", "tayyar.grammar"),
          uses(
              "http",
              "tayyar.dialect",
              "tayyar.keys",
              "tayyar.limits",
              "tayyar.stream",
              "tayyar.wire",
              "tayyar.net",
              "tayyar.process",
              "tayyar.tls",
              NETTY,
              JSON,
              "javax.net.ssl"),
          uses("tls", NETTY, "javax.net.ssl"),
          uses("net", "tayyar.process", NETTY, "jdk.net"),
          // Around it.
          uses("process", "sun.misc"),
          uses(
              "telemetry",
              "tayyar.process",
              "io.micrometer..",
              "io.prometheus..",
              "io.opentelemetry.proto..",
              "com.google.protobuf..",
              "ch.qos.logback.."),
          uses("customer", "tayyar.accounts", "tayyar.http", SQL, JSON),
          uses("docs", "tayyar.http"),
          uses("admin", "tayyar.accounts", "tayyar.http", "tayyar.keys", SQL, JSON),
          // The module of its own, to which the server is a stranger.
          uses("simulate", NETTY, JSON),
          uses("fleet", "org.HdrHistogram"),
          uses("bench", NETTY, JSON, "org.HdrHistogram", "javax.net.ssl"),
          uses("memory"),
          uses("store", SQL, "org.sqlite..", "org.postgresql..", "com.zaxxer.hikari.."),
          uses("fetch", JSON, "javax.net.ssl"),
          uses("config", "tayyar.memory", JSON),
          uses(
              "cli",
              "tayyar",
              "tayyar.accounts",
              "tayyar.bench",
              "tayyar.config",
              "tayyar.fetch",
              "tayyar.keys",
              "tayyar.ledger",
              "tayyar.memory",
              "tayyar.process",
              "tayyar.store",
              "tayyar.simulate",
              "picocli..",
              JSON),
          uses("api"));

  private static final Set<String> ALONE = Set.of("simulate", "fleet", "bench");
  private static final String[] EVERYONE = {"java..", "org.jspecify.annotations", "org.slf4j.."};

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("tayyar");

  @TestFactory
  Stream<DynamicTest> usesNothingElse() {
    return USES.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getKey())));
  }

  private static void check(String name) {
    String own = "tayyar." + name;
    String api = ALONE.contains(name) ? own : "tayyar.api";
    String[] allowed =
        Stream.of(new String[] {own, api}, EVERYONE, USES.getOrDefault(name, new String[0]))
            .flatMap(Stream::of)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(own)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .check(MAIN);
  }

  @TestFactory
  Stream<DynamicTest> noArrowIsThereForNobody() {
    return USES.entrySet().stream()
        .flatMap(
            entry ->
                Stream.of(entry.getValue())
                    .map(
                        used ->
                            DynamicTest.dynamicTest(
                                entry.getKey() + " -> " + used,
                                () -> assertUsed("tayyar." + entry.getKey(), used))));
  }

  private static void assertUsed(String name, String used) {
    String prefix = used.endsWith("..") ? used.substring(0, used.length() - 2) : used;
    assertThat(
            MAIN.stream()
                .filter(each -> each.getPackageName().equals(name))
                .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                .map(each -> each.getTargetClass().getPackageName()))
        .anyMatch(its -> its.equals(prefix) || its.startsWith(prefix + "."));
  }

  @Test
  void everyPackageIsInTheTableAndHasNoneBelowIt() {
    TreeSet<String> packages = new TreeSet<>();
    for (JavaClass each : MAIN) {
      JavaPackage its = each.getPackage();
      packages.add(its.getName());
    }
    assertThat(packages.remove("tayyar")).isTrue();
    assertThat(packages)
        .containsExactlyInAnyOrderElementsOf(
            USES.keySet().stream().map(name -> "tayyar." + name).toList());
  }

  @Test
  void theApiAlsoLogsNothing() {
    classes()
        .that()
        .resideInAPackage("tayyar.api")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("tayyar.api", "java..", "org.jspecify.annotations")
        .check(MAIN);
  }

  @Test
  void onlyTheEngineCallsForeignFunctions() {
    noClasses()
        .that()
        .resideOutsideOfPackage("tayyar.engine")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Linker.class, SymbolLookup.class, FunctionDescriptor.class)
        .check(MAIN);
  }

  private static Map.Entry<String, String[]> uses(String name, String... others) {
    return Map.entry(name, others);
  }
}
