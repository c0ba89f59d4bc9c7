package tayyar.routing;

import java.time.Duration;

/** A try's judgement of its target. */
public sealed interface Verdict {

  /** It gave the whole answer. */
  record Good() implements Verdict {}

  /** It is not to blame: the client left, or the request or the gateway itself was at fault. */
  record NoBlame() implements Verdict {}

  /** It broke off, stalled, or could not be reached. */
  record Failed() implements Verdict {}

  /** It asked to be left alone for a while. */
  record Busy(Duration rest) implements Verdict {}
}
