package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
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
                + "\"model\":\"m\",\"target\":\"worker\",\"attempts\":1,\"endpoint\":\"chat\",\"streamed\":true,\"status\":200,"
                + "\"outcome\":\"completed\",\"finish\":\"stop\",\"prompt_tokens\":7,\"completion_tokens\":20,"
                + "\"cached_tokens\":3,\"estimated\":false,\"bytes_in\":300,"
                + "\"bytes_out\":4000,\"ttft_ms\":15.5,\"gap_p50_ms\":8.1,"
                + "\"gap_p99_ms\":12.9,\"queue_ms\":0.05,\"duration_ms\":250.25}\n");
  }

  @Test
  void aRefusedRequestHasItsErrorAndNoTimesOfTokens() {
    Outcome refused = new Outcome.Failed(new ApiError.InvalidApiKey());
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

  private static String line(tayyar.api.Ended ended) {
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
