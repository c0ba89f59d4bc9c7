package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Outcome;
import tayyar.testing.Endings;
import tayyar.testing.Logged;

final class AccessLogTest {
  @Test
  void aLineSaysWhoWhatAndHow() {
    assertThat(line(Endings.completed("req_1", "key_a", "m")))
        .endsWith(
            ",\"level\":\"info\",\"logger\":\"tayyar.telemetry.AccessLog\",\"message\":\"request\","
                + "\"request_id\":\"req_1\",\"key_id\":\"key_a\",\"key\":\"sk-...f3c7\","
                + "\"model\":\"m\",\"target\":\"worker\",\"attempts\":1,\"endpoint\":\"chat\",\"dialect\":\"openai\",\"streamed\":true,\"status\":200,"
                + "\"outcome\":\"completed\",\"finish\":\"stop\",\"prompt_tokens\":7,\"completion_tokens\":20,"
                + "\"cached_tokens\":3,\"cache_write_tokens\":2,\"reasoning_tokens\":5,\"estimated\":false,\"bytes_in\":300,"
                + "\"bytes_out\":4000,\"ttft_ms\":15.5,\"gap_p50_ms\":8.1,"
                + "\"gap_p99_ms\":12.9,\"queue_ms\":0.05,\"duration_ms\":250.25}\n");
  }

  @Test
  void aRefusedRequestHasItsErrorAndNoTimesOfTokens() {
    Outcome refused = new Outcome.Failed(new ApiError.InvalidApiKey(true));
    assertThat(line(Endings.refused("req_1", "m", refused, 401)))
        .contains("\"outcome\":\"failed\",\"error\":\"invalid_api_key\"")
        .contains("\"duration_ms\":0.12")
        .doesNotContain("ttft_ms")
        .doesNotContain("gap_");
  }

  @Test
  void namesFromOutsideStayInTheirLineAndShort() {
    Outcome failed = new Outcome.Failed(new ApiError.ModelNotFound("x"));
    String model = "a\n\"b\u001b[31m" + "x".repeat(10_000);
    assertThat(line(Endings.refused("req_1", model, failed, 404)))
        .contains("\"model\":\"a\\n\\\"b\\u001b[31mxxx")
        .hasSizeLessThan(900)
        .containsOnlyOnce("\n");
  }

  @Test
  void errorsThatCarryTextOfTheRequestAreNamedByTheirCodeAlone() {
    ApiError error =
        new ApiError.Relayed(400, "invalid_request_error", "bad", null, "You wrote: my prompt");
    assertThat(line(Endings.refused("req_1", "m", new Outcome.Failed(error), 400)))
        .contains("\"error\":\"bad\"")
        .doesNotContain("my prompt");
  }

  @Test
  void eachTryIsTold() {
    assertThat(line(Endings.secondTry("req_1")))
        .contains(
            "\"tries\":\"far:80 upstream_failed 5 ms, it broke off.; worker completed 249 ms\"")
        .contains("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"");
  }

  @Test
  void linesWrittenAtOnceAreTheSame() {
    Outcome late = new Outcome.TimedOut(Outcome.Phase.BETWEEN_TOKENS);
    List<Ended> all =
        List.of(
            Endings.completed("req_1", "key_a", "m"),
            Endings.secondTry("req_2"),
            Endings.ended("req_3", "key_a", "نيل\n\"\\" + (char) 0xd800, late, 504),
            Endings.refused(
                "req_4", "m\u007f", new Outcome.Failed(new ApiError.InvalidApiKey(true)), 401));
    JsonLine direct = new JsonLine();
    for (Ended ended : all) {
      direct.clear();
      LogLines.head(direct.begin(), "", "info", AccessLog.class.getName(), "request");
      RequestFields.give(ended, direct);
      direct.end();
      String line = line(ended);
      assertThat(new String(direct.bytes(), 0, direct.size(), StandardCharsets.UTF_8))
          .isEqualTo("{\"time\":\"\"" + line.substring(line.indexOf(",\"level\"")));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 10, 100, 120, 999, 1_000, 1_001, 1_010, 15_500, 250_250, 9_999_999})
  void timesAreWrittenAsJavaWritesThem(long micros) {
    JsonLine line = new JsonLine();
    line.begin().millis(new FieldName("t"), micros);
    line.end();
    assertThat(new String(line.bytes(), 0, line.size(), StandardCharsets.UTF_8))
        .isEqualTo("{\"t\":" + micros / 1000.0 + "}\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, 1_234_567, Long.MAX_VALUE, -1, -10, Long.MIN_VALUE})
  void numbersAreWrittenAsJavaWritesThem(long number) {
    JsonLine line = new JsonLine();
    line.begin().number(new FieldName("a\"é"), number);
    line.number(new FieldName("b"), number);
    line.end();
    assertThat(new String(line.bytes(), 0, line.size(), StandardCharsets.UTF_8))
        .isEqualTo("{\"a\\\"é\":" + number + ",\"b\":" + number + "}\n");
  }

  @Test
  void linesAreWrittenAtOnceWhereNobodyElseIsToHaveThem() {
    LoggerContext context = new LoggerContext();
    LogSetup.apply(context, Map.of());
    Logger logger = context.getLogger(AccessLog.class);
    assertThat(StandardError.only(logger)).isNotNull();

    Logger above = context.getLogger("tayyar");
    above.setAdditive(false);
    assertThat(StandardError.only(logger)).isNull();
    above.setAdditive(true);
    above.addAppender(new ListAppender<>());
    assertThat(StandardError.only(logger)).isNull();
    above.detachAndStopAllAppenders();
    assertThat(StandardError.only(logger)).isNotNull();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(new ListAppender<>());
    assertThat(StandardError.only(logger)).isNull();

    LoggerContext text = new LoggerContext();
    LogSetup.apply(text, Map.of("TAYYAR_LOG", "text"));
    assertThat(StandardError.only(text.getLogger(AccessLog.class))).isNull();
  }

  @Test
  void linesReachStandardError() {
    var written = new ByteArrayOutputStream();
    PrintStream standardError = System.err;
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      AccessLog lines = new AccessLog();
      lines.ended(Endings.completed("req_1", "key_a", "نيل"));
      lines.ended(Endings.secondTry("req_2"));
      lines.close();
    } finally {
      System.setErr(standardError);
    }
    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .anyMatch(line -> line.contains("\"req_1\"") && line.contains("\"model\":\"نيل\""))
        .anyMatch(line -> line.contains("\"req_2\"") && line.endsWith("}"));
  }

  @Test
  void linesAppearWithoutAClose() {
    try (Logged log = Logged.of(AccessLog.class);
        AccessLog lines = new AccessLog()) {
      lines.ended(Endings.completed("req_1", "key_a", "m"));
      await().until(() -> log.count("request") == 1);
    }
  }

  @Test
  void closeWritesWhatWaitsAndLaterLinesToo() {
    try (Logged log = Logged.of(AccessLog.class)) {
      AccessLog lines = new AccessLog();
      for (int i = 0; i < 5_000; i++) {
        lines.ended(Endings.completed("req_" + i, "key_a", "m"));
      }
      lines.close();
      assertThat(log.count("request")).isEqualTo(5_000);
      lines.ended(Endings.completed("late", "key_a", "m"));
      assertThat(log.count("request")).isEqualTo(5_001);
    }
  }

  @Test
  void droppedLinesAreCounted() {
    try (Logged log = Logged.of(AccessLog.class)) {
      AccessLog lines = new AccessLog();
      int given = 200_000;
      for (int i = 0; i < given; i++) {
        lines.ended(Endings.completed("req", "key_a", "m"));
      }
      lines.close();
      long told =
          log.events().stream()
              .filter(event -> event.getMessage().equals("request lines were dropped"))
              .mapToLong(event -> (Long) event.getKeyValuePairs().getFirst().value)
              .sum();
      assertThat(told + log.count("request")).isEqualTo(given);
    }
  }

  private static String line(Ended ended) {
    try (Logged log = Logged.of(AccessLog.class)) {
      AccessLog lines = new AccessLog();
      lines.ended(ended);
      lines.close();
      assertThat(log.events()).hasSize(1);
      ILoggingEvent event = log.events().getFirst();
      return new String(new LogLines(false).encode(event), StandardCharsets.UTF_8);
    }
  }
}
