package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.testing.Logged;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LogLinesTest {
  private static final Logger LOG = LoggerFactory.getLogger(LogLinesTest.class);

  @Test
  void aLineIsAFlatObject() {
    JsonNode line =
        JsonMapper.shared()
            .readTree(
                encoded(
                    false,
                    () ->
                        LOG.atWarn()
                            .addKeyValue("text", "نيل \"x\"\n\u0000")
                            .addKeyValue("count", 3L)
                            .addKeyValue("share", 0.5)
                            .addKeyValue("infinite", Double.POSITIVE_INFINITY)
                            .addKeyValue("yes", true)
                            .addKeyValue("nothing", (Object) null)
                            .addKeyValue("a\"b", "c")
                            .log("it is {}", "so")));

    assertThat(line.get("time").asString()).matches("20\\d\\d-.*Z");
    assertThat(line.get("level").asString()).isEqualTo("warn");
    assertThat(line.get("logger").asString()).isEqualTo(LogLinesTest.class.getName());
    assertThat(line.get("message").asString()).isEqualTo("it is so");
    assertThat(line.get("text").asString()).isEqualTo("نيل \"x\"\n\u0000");
    assertThat(line.get("count").isIntegralNumber()).isTrue();
    assertThat(line.get("share").doubleValue()).isEqualTo(0.5);
    assertThat(line.get("infinite").asString()).isEqualTo("Infinity");
    assertThat(line.get("yes").booleanValue()).isTrue();
    assertThat(line.get("nothing").asString()).isEqualTo("null");
    assertThat(line.get("a\"b").asString()).isEqualTo("c");
  }

  @Test
  void anExceptionIsOneStringInTheSameLine() {
    String line =
        encoded(false, () -> LOG.atError().setCause(new IllegalStateException("odd")).log("no"));

    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    assertThat(JsonMapper.shared().readTree(line).get("exception").asString())
        .startsWith("java.lang.IllegalStateException: odd")
        .contains("at tayyar.telemetry.LogLinesTest");
  }

  @Test
  void textIsForPeopleAndTakesNoOrdersFromOutside() {
    String line =
        encoded(true, () -> LOG.atInfo().addKeyValue("model", "a\n\u001b[2Jb").log("request"));

    assertThat(line).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  request  model=a\\?\\?\\[2Jb\n");
  }

  @Test
  void theEnvironmentSetsTheLevel() {
    assertThat(level(Map.of())).isEqualTo(Level.INFO);
    assertThat(level(Map.of("TAYYAR_LOG_LEVEL", "debug"))).isEqualTo(Level.DEBUG);
    assertThat(level(Map.of("TAYYAR_LOG_LEVEL", "loud"))).isEqualTo(Level.INFO);
  }

  private static Level level(Map<String, String> environment) {
    LoggerContext context = new LoggerContext();
    LogSetup.apply(context, environment);
    assertThat(context.getLogger("io.netty").getLevel()).isEqualTo(Level.WARN);
    Level level = context.getLogger("tayyar").getEffectiveLevel();
    context.stop();
    return level;
  }

  private static String encoded(boolean text, Runnable logging) {
    try (Logged log = Logged.of(LogLinesTest.class)) {
      logging.run();
      return new String(new LogLines(text).encode(log.events().getFirst()), StandardCharsets.UTF_8);
    }
  }
}
