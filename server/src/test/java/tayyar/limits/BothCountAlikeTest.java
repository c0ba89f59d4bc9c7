package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.redis.RedisShares;
import tayyar.testing.Postgres;
import tayyar.testing.RedisServer;

/** Redis and PostgreSQL give the same answers to what gateways tell and ask at random. */
@Tag("socket")
final class BothCountAlikeTest {
  private static final int ASKS = 400;
  private static final int GATEWAYS = 3;
  private static final List<String> HOLDERS = List.of("key_1", "key_2", "org_1");

  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyOrderOfAsks(long seed) throws Exception {
    await().atMost(Duration.ofSeconds(40)).until(() -> System.currentTimeMillis() / 1000 % 60 < 35);
    var random = new Random(seed);
    List<Shares> all = new ArrayList<>();
    try (AtServer store = new AtServer(Postgres.common(), folder)) {
      for (int i = 0; i < GATEWAYS; i++) {
        all.add(RedisShares.of(REDIS.at(), "gw" + seed + i));
        all.add(store.counters("gw" + seed + i));
      }
      all.forEach(each -> each.start(() -> {}));
      await().until(() -> all.stream().noneMatch(Shares::isAway));
      long slot = System.currentTimeMillis() / 60_000;
      int granted = 0;
      int denied = 0;
      for (int i = 0; i < ASKS; i++) {
        int gateway = random.nextInt(GATEWAYS);
        Ask ask = ask("both" + seed, random, slot);
        Answer redis = answer(all.get(2 * gateway), ask);
        Answer postgres = answer(all.get(2 * gateway + 1), ask);
        assertThat(postgres.slot()).isEqualTo(redis.slot()).isEqualTo(slot);
        assertThat(postgres.used()).as("%d: %s", i, ask).isEqualTo(redis.used());
        for (int k = 0; k < ask.wishes().size(); k++) {
          assertAlike(redis.outcomes().get(k), postgres.outcomes().get(k));
          granted += redis.outcomes().get(k) instanceof Answer.Granted ? 1 : 0;
          denied += redis.outcomes().get(k) instanceof Answer.Denied ? 1 : 0;
        }
      }
      assertThat(granted).isGreaterThan(ASKS / 10);
      assertThat(denied).isGreaterThan(ASKS / 10);
    } finally {
      all.forEach(Shares::close);
    }
  }

  /** A wait is until a moment, and the two were asked one after the other. */
  private static void assertAlike(Answer.Outcome redis, Answer.Outcome postgres) {
    if (redis instanceof Answer.Denied(int part, long waitMillis)) {
      assertThat(postgres).isInstanceOf(Answer.Denied.class);
      var its = (Answer.Denied) postgres;
      assertThat(its.part()).isEqualTo(part);
      assertThat(its.waitMillis()).isCloseTo(waitMillis, within(2_000L));
    } else {
      assertThat(postgres).isEqualTo(redis);
    }
  }

  private static Answer answer(Shares shares, Ask ask) throws Exception {
    var answer = new CompletableFuture<Answer>();
    shares.ask(
        ask,
        its -> {
          if (its == null) {
            answer.completeExceptionally(new AssertionError(shares.contact().why()));
          } else {
            answer.complete(its);
          }
        });
    return answer.get(10, TimeUnit.SECONDS);
  }

  private static Ask ask(String organisation, Random random, long slot) {
    List<Ask.Counter> counters = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<String> holders = new ArrayList<>(HOLDERS);
      Collections.shuffle(holders, random);
      for (String holder : holders.subList(0, random.nextInt(HOLDERS.size() + 1))) {
        long[] its = new long[5];
        Arrays.setAll(its, _ -> random.nextInt(4) > 0 ? 0 : random.nextInt(20));
        long known = random.nextInt(4) == 0 ? -1 : slot - random.nextInt(3);
        counters.add(new Ask.Counter(holder, kind, its[0], known, its[1], its[2], its[3]));
      }
    }
    List<Ask.Wish> wishes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0 && !counters.isEmpty(); i--) {
      List<Ask.Part> parts = new ArrayList<>();
      for (int counter = 0; counter < counters.size(); counter++) {
        if (random.nextInt(2) == 0) {
          long limit = random.nextInt(300);
          long need = random.nextInt((int) Math.min(limit, 9) + 1);
          parts.add(new Ask.Part(counter, limit, need, random.nextInt(3) * random.nextLong(40)));
        }
      }
      wishes.add(new Ask.Wish(parts));
    }
    return new Ask(organisation, counters, wishes);
  }
}
