package tayyar.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tayyar.api.Account;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Refused;
import tayyar.api.Sampling;
import tayyar.api.Scope;
import tayyar.api.Scope.Level;
import tayyar.api.Usage;
import tayyar.testing.Cases;

/** Limits of keys, projects, organisations and plans together. */
final class LevelsTest {
  private static final Budget BUDGET = new Budget(Long.MAX_VALUE, () -> 0);

  private final AtomicLong nanos = new AtomicLong(Long.MIN_VALUE);
  private final Limiter limiter = new Limiter(nanos::get, 1_000_000, BUDGET);

  @Test
  void theStrictestLimitIsToldAndNamed() {
    Key key = key("a", requests(Level.KEY, "a", 9), requests(Level.ORGANISATION, "org", 3));
    assertThat(granted(key).requests()).isEqualTo(new Left(3, 2, 60));
    granted(key);
    granted(key);

    Admission.Refused refused = refused(key);

    assertThat(refused.error().message()).contains("of the organisation 'ORG' of 3 requests");
    assertThat(refused.error().retryAfterSeconds()).isEqualTo(60);
    assertThat(refused.requests()).isEqualTo(new Left(3, 0, 60));
  }

  @Test
  void keysOfAProjectShareItsLimitAndOthersDoNot() {
    Scope project = requests(Level.PROJECT, "p", 2);
    granted(key("a", requests(Level.KEY, "a", 9), project));
    granted(key("b", requests(Level.KEY, "b", 9), project));
    refused(key("a", requests(Level.KEY, "a", 9), project));
    granted(key("c", requests(Level.KEY, "c", 9), requests(Level.PROJECT, "q", 2)));
  }

  @Test
  void aPlanAndItsOrganisationCountARequestOnce() {
    Key key =
        key(
            "a",
            requests(Level.KEY, "a", 9),
            requests(Level.ORGANISATION, "org", 3),
            requests(Level.PLAN, "org", 2));
    granted(key);
    assertThat(granted(key).requests()).isEqualTo(new Left(2, 0, 60));
    assertThat(refused(key).error().message()).contains("plan 'ORG' of 2");
  }

  @Test
  void whoIsRefusedAtOneLevelIsCountedAtNone() {
    Key wide = key("a", requests(Level.KEY, "a", 5), requests(Level.PROJECT, "p", 1));
    granted(wide);
    for (int i = 0; i < 10; i++) {
      refused(wide);
    }
    assertThat(LimiterTest.remaining(granted(key("a", requests(Level.KEY, "a", 5))))).isEqualTo(3);
  }

  @Test
  void requestsAtOnceAreCountedUntilTheyEnd() {
    Key key = key("a", new Scope(Level.PROJECT, "P", "p", new Limits(0, 0, 2, 0, 0, 0)));
    Permit first = granted(key).permit();
    granted(key);
    assertThat(refused(key).error().code()).isEqualTo("too_many_requests_at_once");
    assertThat(refused(key).error().retryAfterSeconds()).isEqualTo(1);
    first.close();
    first.close();
    granted(key);
    refused(key);
    seconds(200);
    refused(key);
  }

  @Test
  void tokensAreTakenAtTheBeginningAndCorrectedAtTheEnd() {
    Key key = key("a", tokens(Level.KEY, "a", 3_000));
    Permit permit = granted(key).permit();
    assertThat(permit.reserve(request(400, 500))).isEqualTo(new Left(3_000, 2_400, 60));
    permit.close(new Usage(90, 20, 0, false));
    Permit next = granted(key).permit();
    assertThat(next.reserve(request(400, null)))
        .isEqualTo(new Left(3_000, 3_000 - 110 - 100 - Permit.EXPECTED_TOKENS, 60));
    next.close(new Usage(100, 2_700, 0, false));

    Permit third = granted(key).permit();
    assertThatThrownBy(() -> third.reserve(request(400, 100)))
        .isInstanceOfSatisfying(
            Refused.class,
            e -> {
              assertThat(e.error().code()).isEqualTo("token_limit_exceeded");
              assertThat(e.error().retryAfterSeconds()).isEqualTo(60);
            });
    third.close();
    seconds(60);
    assertThat(granted(key).permit().reserve(request(400, 100)))
        .isEqualTo(new Left(3_000, 2_800, 60));
  }

  @Test
  void whoNeverAskedATargetGetsAllTokensBack() {
    Key key = key("a", tokens(Level.ORGANISATION, "org", 2_000));
    for (int i = 0; i < 10; i++) {
      Permit permit = granted(key).permit();
      assertThat(permit.reserve(request(400, 1_000))).isEqualTo(new Left(2_000, 900, 60));
      permit.close();
    }
  }

  @Test
  void aPromptThatNeverFitsIsToldSoAndASmallLimitStillAnswers() {
    Key key = key("a", tokens(Level.KEY, "a", 50));
    Permit permit = granted(key).permit();
    assertThatThrownBy(() -> permit.reserve(request(204, null)))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.error().code()).isEqualTo("request_too_large"));
    assertThat(permit.reserve(request(200, null))).isEqualTo(new Left(50, 0, 60));
  }

  /** Compares with a list of all that was counted, over many histories. */
  @Test
  void agreesWithAList() {
    Cases.times(
        200,
        random -> {
          var told = new Limiter(nanos::get, 1_000_000, BUDGET);
          long origin = nanos.get();
          int ofKey = random.nextInt(1, 6);
          int ofOrg = random.nextInt(1, 9);
          List<Long> both = new ArrayList<>();
          List<List<Long>> keys = List.of(new ArrayList<>(), new ArrayList<>());
          for (int i = 0; i < 200; i++) {
            nanos.addAndGet(Cases.one(random, 0L, random.nextLong(30L << 30)));
            long second = (nanos.get() - origin) / 1_000_000_000L;
            int which = random.nextInt(2);
            both.removeIf(at -> at <= second - 60);
            keys.get(which).removeIf(at -> at <= second - 60);
            Admission admission =
                told.admit(
                    key(
                        "k" + which,
                        requests(Level.KEY, "k" + which, ofKey),
                        requests(Level.ORGANISATION, "org", ofOrg)));
            boolean room = keys.get(which).size() < ofKey && both.size() < ofOrg;
            assertThat(admission instanceof Admission.Granted).isEqualTo(room);
            if (admission instanceof Admission.Granted granted) {
              both.add(second);
              keys.get(which).add(second);
              closeSometimes(random, granted.permit());
            }
            int left = Math.min(ofKey - keys.get(which).size(), ofOrg - both.size());
            assertThat(LimiterTest.remaining(admission)).isEqualTo(left);
          }
        });
  }

  private static void closeSometimes(RandomGenerator random, Permit permit) {
    if (random.nextBoolean()) {
      permit.close();
    }
  }

  private Admission.Granted granted(Key key) {
    Admission admission = limiter.admit(key);
    assertThat(admission).isInstanceOf(Admission.Granted.class);
    return (Admission.Granted) admission;
  }

  private Admission.Refused refused(Key key) {
    Admission admission = limiter.admit(key);
    assertThat(admission).isInstanceOf(Admission.Refused.class);
    return (Admission.Refused) admission;
  }

  private void seconds(long count) {
    nanos.addAndGet(count * 1_000_000_000L);
  }

  private static Scope requests(Level level, String holder, int most) {
    return new Scope(level, holder.toUpperCase(Locale.ROOT), holder, Limits.ofRequests(most));
  }

  private static Scope tokens(Level level, String holder, int most) {
    return new Scope(level, holder, holder, new Limits(0, most, 0, 0, 0, 0));
  }

  private static Key key(String id, Scope... scopes) {
    return new Key(id, "", "", false, Key.NEVER, Account.DEFAULT, List.of(scopes));
  }

  private static InferenceRequest request(int bytes, @Nullable Integer maxTokens) {
    return new InferenceRequest(
        "m",
        List.of(),
        true,
        false,
        maxTokens == null ? Sampling.NONE : Sampling.of(Map.of("max_tokens", maxTokens)),
        List.of(),
        Set.of(),
        new byte[0],
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1),
        new InferenceRequest.Asked.Completion(bytes, 1));
  }
}
