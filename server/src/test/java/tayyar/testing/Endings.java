package tayyar.testing;

import java.util.List;
import java.util.Map;
import tayyar.api.Charge;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Outcome;
import tayyar.api.Trace;
import tayyar.api.Tried;
import tayyar.api.Usage;

/** Records of finished requests. */
public final class Endings {
  private static final Tried TRIED =
      new Tried("worker", "m", "", 120, 15_400, 250_100, Tried.COMPLETED, "", "");

  private Endings() {}

  /** A chat of 300 bytes that waited for 50 microseconds. */
  public static Ended.Course course(List<Tried> tries) {
    return new Ended.Course(Endpoint.CHAT, "openai", "stop", 300, 4_000, 50, tries, Trace.NONE);
  }

  /** A completed streamed answer of 20 tokens. */
  public static Ended completed(String requestId, String keyId, String model) {
    return ended(requestId, keyId, model, new Outcome.Completed(), 200);
  }

  /** The same with another ending. */
  public static Ended ended(
      String requestId, String keyId, String model, Outcome outcome, int status) {
    return new Ended(
        requestId,
        keyId,
        keyId.isEmpty() ? "" : "sk-...f3c7",
        model,
        "worker",
        1,
        true,
        outcome,
        status,
        new Usage(7, 20, 3, 2, false, Map.of("reasoning_tokens", 5)),
        new Ended.Timing(1_700_000_000_000L, 15_500, 250_250, 8_100, 12_900),
        course(List.of(TRIED)));
  }

  /** One that costs something. */
  public static Ended charged(String requestId, String keyId, Charge charge) {
    Ended one = completed(requestId, keyId, "m");
    return new Ended(
        one.requestId(),
        one.keyId(),
        one.keyHint(),
        one.model(),
        one.target(),
        one.attempts(),
        one.streamed(),
        one.outcome(),
        one.status(),
        one.usage(),
        one.timing(),
        one.course(),
        charge);
  }

  /** The same of a request of another size. */
  public static Ended ofBytes(Ended one, long bytesIn) {
    Ended.Course its = one.course();
    return with(
        one,
        one.attempts(),
        new Ended.Course(
            its.endpoint(),
            its.dialect(),
            its.finish(),
            bytesIn,
            its.bytesOut(),
            its.queuedMicros(),
            its.tries(),
            its.trace()));
  }

  /** An answer of the second target, to a client with a trace. */
  public static Ended secondTry(String requestId) {
    Tried late =
        new Tried("far:80", "m", "", 100, -1, 5_100, "upstream_failed", "it broke off.", "");
    var trace = Trace.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", null);
    return with(
        completed(requestId, "key_a", "m"),
        2,
        new Ended.Course(
            Endpoint.CHAT, "openai", "stop", 300, 4_000, 50, List.of(late, TRIED), trace));
  }

  private static Ended with(Ended one, int attempts, Ended.Course course) {
    return new Ended(
        one.requestId(),
        one.keyId(),
        one.keyHint(),
        one.model(),
        one.target(),
        attempts,
        one.streamed(),
        one.outcome(),
        one.status(),
        one.usage(),
        one.timing(),
        course);
  }

  /** A request that was refused without a key, a target or a token. */
  public static Ended refused(String requestId, String model, Outcome outcome, int status) {
    return new Ended(
        requestId,
        "",
        "",
        model,
        "",
        0,
        false,
        outcome,
        status,
        Usage.NONE,
        new Ended.Timing(1_700_000_000_000L, -1, 120, -1, -1),
        new Ended.Course(Endpoint.CHAT, "openai", "", 0, 0, 0, List.of(), Trace.NONE));
  }
}
