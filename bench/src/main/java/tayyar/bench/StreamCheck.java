package tayyar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Judges one answer: a failure is an answer that is not whole, a flaw is a defect of a whole
 * answer. One thread.
 */
final class StreamCheck {
  private final boolean streamed;
  private final boolean usageAsked;
  private final boolean isNumbered;
  private final NumberedTokens numbers;
  private boolean malformed;
  private boolean errorEvent;
  private boolean finished;
  private boolean usage;
  private boolean done;
  private boolean contentBehindFinish;
  private boolean eventBehindDone;
  private boolean plainAnswer;
  private long endNanos;

  /**
   * @param written told the time at which each numbered token was written, by its stamp
   */
  StreamCheck(boolean streamed, boolean isNumbered, boolean usageAsked, LongConsumer written) {
    this.numbers = new NumberedTokens(written);
    this.streamed = streamed;
    this.isNumbered = isNumbered;
    this.usageAsked = usageAsked;
  }

  void event(int holds, EventReader reader, long now) {
    if (done) {
      eventBehindDone = true;
    }
    if (holds == EventReader.CONTENT) {
      contentBehindFinish |= finished;
      number(reader);
      return;
    }
    malformed |= (holds & EventReader.MALFORMED) != 0;
    errorEvent |= (holds & EventReader.ERROR) != 0;
    usage |= (holds & EventReader.USAGE) != 0;
    if ((holds & EventReader.CONTENT) != 0) {
      contentBehindFinish |= finished;
      number(reader);
    }
    finished |= (holds & EventReader.FINISH) != 0;
    if ((holds & EventReader.DONE) != 0) {
      done = true;
      endNanos = now;
    }
  }

  private void number(EventReader reader) {
    if (isNumbered) {
      numbers.feed(reader.text(), reader.textFrom(), reader.textTo());
    }
  }

  /** Takes an answer that is not streamed; returns the number of tokens it counts for. */
  int whole(byte[] body, EventReader reader, long now) {
    plainAnswer = streamed;
    int holds = reader.read(body, 0, body.length);
    event(holds & ~EventReader.DONE, reader, now);
    malformed |= (holds & EventReader.DONE) != 0;
    done = true;
    endNanos = now;
    return Math.max(reader.json().completionTokens(), (holds & EventReader.CONTENT) != 0 ? 1 : 0);
  }

  /** The failure of an answer with a status other than 200. */
  String refusal(int status, byte[] body) {
    ChunkJson json = new ChunkJson();
    json.read(body, 0, body.length);
    return "http_" + status + (json.errorCode().isEmpty() ? "" : " " + json.errorCode());
  }

  /** The failure of an answer with a complete body; empty where the answer is whole. */
  String failure(EventReader reader) {
    if (errorEvent) {
      String code = reader.json().errorCode();
      return code.isEmpty() ? "error_event" : "error_event " + code;
    }
    if (malformed) {
      return "malformed";
    }
    if (!finished) {
      return "no_finish";
    }
    if (isNumbered && numbers.lost() > 0) {
      return "tokens_lost";
    }
    if (isNumbered && numbers.doubled() > 0) {
      return "tokens_doubled";
    }
    return isNumbered && numbers.strange() > 0 ? "tokens_strange" : "";
  }

  /** The flaws of a whole answer. */
  List<String> flaws(int deltas, ChunkJson json) {
    if (streamed && done && usage && !contentBehindFinish && !eventBehindDone && !plainAnswer) {
      return usageFlaws(deltas, json);
    }
    List<String> flaws = new ArrayList<>(usageFlaws(deltas, json));
    flag(flaws, streamed && !done, "no_done");
    flag(flaws, contentBehindFinish, "content_behind_finish");
    flag(flaws, eventBehindDone, "event_behind_done");
    flag(flaws, plainAnswer, "not_streamed");
    flag(flaws, !usage && (usageAsked || !streamed), "no_usage");
    return flaws;
  }

  private List<String> usageFlaws(int deltas, ChunkJson json) {
    boolean exact = usage && !json.isEstimated();
    boolean differs =
        exact
            && (isNumbered
                ? json.completionTokens() != numbers.count()
                : streamed && !plainAnswer && json.completionTokens() < deltas);
    if (!differs && !json.isIdChanged()) {
      return List.of();
    }
    List<String> flaws = new ArrayList<>();
    flag(flaws, differs, "usage_differs");
    flag(flaws, json.isIdChanged(), "id_changed");
    return flaws;
  }

  private static void flag(List<String> flaws, boolean is, String flaw) {
    if (is) {
      flaws.add(flaw);
    }
  }

  /** Tokens of the answer: as its usage says, where it is exact, or its content events. */
  int tokens(int deltas, ChunkJson json) {
    return usage && !json.isEstimated() && json.completionTokens() > 0
        ? json.completionTokens()
        : deltas;
  }

  /** The time at which a client would have had all of it. */
  long endNanos(long bodyEndNanos) {
    return done ? endNanos : bodyEndNanos;
  }

  /** Whether the end mark was there. */
  boolean isOver() {
    return done;
  }
}
