package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Outcome;
import tayyar.api.Usage;
import tayyar.testing.Endings;

final class TelemetryTest {
  private final Telemetry telemetry = new Telemetry();

  @Test
  void countsRequestsByTheirEnd() {
    telemetry.ended(Endings.completed("req_1", "key_a", "m"));
    telemetry.ended(Endings.completed("req_2", "key_a", "m"));
    telemetry.ended(Endings.ended("req_3", "key_a", "m", new Outcome.ClientGone(), 499));

    assertThat(telemetry.scrape())
        .contains("tayyar_requests_total{model=\"m\",outcome=\"completed\",status=\"200\"} 2.0\n")
        .contains("tayyar_requests_total{model=\"m\",outcome=\"client_gone\",status=\"499\"} 1.0\n")
        .contains("tayyar_requests_cancelled_total{model=\"m\"} 1.0\n")
        .contains("tayyar_completion_tokens_total{estimated=\"false\",model=\"m\"} 60.0\n");
  }

  @Test
  void timesFallIntoTheirBuckets() {
    telemetry.ended(Endings.completed("req_1", "key_a", "m"));

    assertThat(telemetry.scrape())
        .contains("tayyar_time_to_first_token_seconds_bucket{model=\"m\",le=\"0.01\"} 0\n")
        .contains("tayyar_time_to_first_token_seconds_bucket{model=\"m\",le=\"0.025\"} 1\n")
        .contains("tayyar_inter_token_seconds_bucket{model=\"m\",le=\"0.005\"} 0\n")
        .contains("tayyar_inter_token_seconds_bucket{model=\"m\",le=\"0.01\"} 1\n")
        .contains("tayyar_inter_token_p99_seconds_bucket{model=\"m\",le=\"0.015\"} 1\n");
  }

  @Test
  void whatWasNeverMeasuredIsNotCounted() {
    Outcome failed = new Outcome.Failed(new ApiError.Internal());
    telemetry.ended(Endings.refused("req_1", "", failed, 500));

    assertThat(telemetry.scrape())
        .contains("tayyar_time_to_first_token_seconds_count{model=\"other\"} 0\n")
        .contains("tayyar_inter_token_seconds_count{model=\"other\"} 0\n")
        .contains("tayyar_request_duration_seconds_count{model=\"other\"} 1\n");
  }

  @Test
  void whatIsCountedElsewhereIsReadForEver() {
    AtomicLong restarts = new AtomicLong(3);
    telemetry.count(Count.WORKER_RESTARTS, () -> restarts.get());
    assertThat(telemetry.scrape()).contains("tayyar_worker_restarts_total 3.0\n");

    restarts.set(4);
    collectGarbage();

    assertThat(telemetry.scrape()).contains("tayyar_worker_restarts_total 4.0\n");
  }

  private static void collectGarbage() {
    var gone = new WeakReference<>(new Object());
    await()
        .until(
            () -> {
              System.gc();
              return gone.get() == null;
            });
  }

  @Test
  void estimatesStandApart() {
    Ended exact = Endings.completed("req_1", "key_a", "m");
    Ended guessed =
        new Ended(
            "req_2",
            "key_a",
            "sk-...f3c7",
            "m",
            "far",
            1,
            true,
            exact.outcome(),
            200,
            new Usage(1, 2, 0, true),
            exact.timing(),
            exact.course());
    telemetry.ended(exact);
    telemetry.ended(guessed);

    assertThat(telemetry.scrape())
        .contains("tayyar_completion_tokens_total{estimated=\"false\",model=\"m\"} 20.0\n")
        .contains("tayyar_completion_tokens_total{estimated=\"true\",model=\"m\"} 2.0\n");
  }

  @Test
  void promptSizesStandApartInEveryHistogram() {
    Ended small = Endings.completed("req_1", "key_a", "m");
    telemetry.ended(small);
    telemetry.ended(Endings.ofBytes(small, 20_000));

    String scraped = telemetry.scrape();
    for (String histogram :
        List.of(
            "server_request_duration_seconds",
            "server_time_to_first_token_seconds",
            "server_time_per_output_token_seconds",
            "client_operation_duration_seconds",
            "client_token_usage")) {
      for (String size : List.of("-1k", "-64k")) {
        assertThat(scraped)
            .containsPattern(
                "gen_ai_" + histogram + "_count\\{.*prompt_size=\"" + size + "\".*} 1");
      }
    }
  }

  @Test
  void namesNobodyServesAreOneLabel() {
    telemetry.models(List.of("known"));
    for (int i = 0; i < 1_000; i++) {
      Outcome unknown = new Outcome.Failed(new ApiError.ModelNotFound("m" + i));
      telemetry.ended(Endings.refused("req_" + i, "m" + i, unknown, 404));
    }
    Outcome full = new Outcome.Failed(new ApiError.QueueFull());
    telemetry.ended(Endings.refused("req", "known", full, 503));

    assertThat(telemetry.scrape())
        .contains("tayyar_requests_total{model=\"other\",outcome=\"failed\",status=\"404\"} 1000")
        .contains("tayyar_requests_total{model=\"known\",outcome=\"failed\",status=\"503\"} 1.0\n")
        .doesNotContain("model=\"m1\"");
  }

  @Test
  void targetsThatServeAnyNameAreBoundedToo() {
    for (int i = 0; i < 2_000; i++) {
      telemetry.ended(Endings.completed("req_" + i, "key_a", "m" + i));
    }
    assertThat(telemetry.scrape().lines().filter(l -> l.startsWith("tayyar_requests_total{")))
        .hasSizeBetween(2, 501);
  }

  @Test
  void namedModelsHaveTheirSeriesFromTheBeginning() {
    telemetry.models(List.of("known"));
    assertThat(telemetry.scrape()).contains("tayyar_requests_cancelled_total{model=\"known\"} 0.0");
  }

  @Test
  void gaugesAreReadAtEachScrape() {
    AtomicInteger streams = new AtomicInteger(3);
    telemetry.gauge(Gauge.ACTIVE_STREAMS, streams::get);
    assertThat(telemetry.scrape()).contains("tayyar_active_streams 3.0\n");
    streams.set(4);
    assertThat(telemetry.scrape()).contains("tayyar_active_streams 4.0\n");
  }

  @Test
  void manyThreadsLoseNoCount() {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int thread = 0; thread < 4; thread++) {
        threads.execute(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                telemetry.ended(Endings.completed("req", "key_a", "m"));
              }
            });
      }
    }
    assertThat(telemetry.scrape())
        .contains(
            "tayyar_requests_total{model=\"m\",outcome=\"completed\",status=\"200\"} 4000.0\n")
        .contains("tayyar_inter_token_seconds_count{model=\"m\"} 4000\n");
  }
}
