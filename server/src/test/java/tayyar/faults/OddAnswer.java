package tayyar.faults;

import static tayyar.testing.Answers.END;
import static tayyar.testing.Answers.STREAM;
import static tayyar.testing.Answers.chunk;
import static tayyar.testing.Answers.events;
import static tayyar.testing.Answers.head;
import static tayyar.testing.Answers.refusal;
import static tayyar.testing.Answers.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import tayyar.testing.Cases;

/**
 * A random answer of an upstream, the same for the same request: interim answers, an answer of some
 * form, and perhaps bytes after it.
 *
 * @param form the form of the answer itself
 * @param before the interim answers, each sent by itself
 * @param answer the answer up to what ends it
 * @param end what ends it, and what else is behind, sent at once
 * @param over whether the connection is good for another request
 */
record OddAnswer(Form form, List<String> before, String answer, String end, boolean over) {
  /** The text that no client may ever see. */
  static final String STALE = "not-yours";

  /** The result that the client must see. */
  enum Right {
    ANSWERED,
    REFUSED,
    FAILED
  }

  /** The form of an answer, and whether the connection may be reused after it. */
  enum Form {
    EVERYDAY(Right.ANSWERED, true),
    CHUNKS(Right.ANSWERED, true),
    TRAILERS(Right.ANSWERED, true),
    LENGTH(Right.ANSWERED, true),
    REFUSAL(Right.REFUSED, true),
    SLOW_END(Right.ANSWERED, true),
    EARLY(Right.REFUSED, true),
    EARLY_CLOSED(Right.REFUSED, false),
    OLD(Right.ANSWERED, false),
    CLOSES(Right.ANSWERED, false),
    UNTIL_END(Right.ANSWERED, false),
    IDENTITY(Right.ANSWERED, false),
    TWO_LENGTHS(Right.FAILED, false),
    LENGTH_AND_CHUNKS(Right.FAILED, false),
    NOT_LAST(Right.FAILED, false),
    NO_CONTENT(Right.FAILED, false),
    UPGRADE(Right.FAILED, false),
    BAD_CHUNK(Right.FAILED, false),
    CUT(Right.FAILED, false);

    private final Right right;
    private final boolean keeps;

    Form(Right right, boolean keeps) {
      this.right = right;
      this.keeps = keeps;
    }
  }

  private static final String OK = "HTTP/1.1 200 OK";
  private static final String CHUNKED = "Transfer-Encoding: chunked";

  /** Returns the answer to the request with this token. */
  static OddAnswer of(long seed, String token) {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed ^ token.hashCode());
    Form form = Cases.one(random, Form.values());
    if (form.right == Right.FAILED && random.nextInt(3) > 0) {
      // Failures are rare enough for the breaker to stay closed.
      form = Form.EVERYDAY;
    }
    String behind = form.keeps && random.nextInt(3) == 0 ? behind(random) : "";
    String whole = answer(form, token) + end(form);
    int end = whole.length() - Math.max(1, end(form).length());
    return new OddAnswer(
        form,
        before(random),
        whole.substring(0, end),
        whole.substring(end) + behind,
        form.keeps && behind.isEmpty());
  }

  private static List<String> before(RandomGenerator random) {
    List<String> all = new ArrayList<>();
    for (int left = Math.max(0, random.nextInt(7) - 3); left > 0; left--) {
      all.add(
          Cases.one(
              random,
              "HTTP/1.1 100 Continue\r\n\r\n",
              "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n",
              "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nLink: </b>\r\n\r\n",
              "HTTP/1.1 199 x\r\nContent-Length: 7\r\n\r\n"));
    }
    return all;
  }

  private static String answer(Form form, String token) {
    String events = events(token);
    String length = "Content-Length: " + events.length();
    int half = events.length() / 2;
    String chunks = chunk(events.substring(0, half)) + chunk(events.substring(half));
    return switch (form) {
      case EVERYDAY, SLOW_END, TRAILERS -> STREAM + chunk(events);
      case CHUNKS -> head(OK, CHUNKED) + chunks.replaceFirst("\r", ";a=\"b\"\r");
      case LENGTH -> head(OK, length) + events;
      case REFUSAL -> refusal("400 Bad Request", token);
      case OLD -> head("HTTP/1.0 200 OK", "Connection: keep-alive", length) + events;
      case CLOSES -> head(OK, "Connection: close", CHUNKED) + chunks;
      case UNTIL_END -> head(OK) + events;
      case IDENTITY -> head(OK, "Transfer-Encoding: identity", length) + events;
      case EARLY, EARLY_CLOSED -> refusal("413 Payload Too Large", token);
      case TWO_LENGTHS -> head(OK, length, "Content-Length: 7") + events;
      case LENGTH_AND_CHUNKS -> head(OK, length, CHUNKED) + chunks;
      case NOT_LAST -> head(OK, "Transfer-Encoding: chunked, x") + chunks;
      case NO_CONTENT -> "HTTP/1.1 204 No Content\r\n" + length + "\r\n\r\n" + events;
      case UPGRADE -> "HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n" + stream(token);
      case BAD_CHUNK -> STREAM + chunk(events.substring(0, half)) + "g\r\n" + chunks;
      case CUT -> STREAM + chunk(events.substring(0, half));
    };
  }

  private static String end(Form form) {
    return switch (form) {
      case EVERYDAY, SLOW_END, CHUNKS, CLOSES, LENGTH_AND_CHUNKS -> END;
      case TRAILERS -> "0\r\nX-T: 1\r\n\r\n";
      default -> "";
    };
  }

  private static String behind(RandomGenerator random) {
    return Cases.one(
        random,
        stream(STALE),
        refusal("400 Bad Request", STALE),
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Half: ",
        "\r\n",
        "garbage\r\n\r\n");
  }

  Right right() {
    return form.right;
  }

  int status() {
    return isEarly() ? 413 : 400;
  }

  boolean isEarly() {
    return form == Form.EARLY || form == Form.EARLY_CLOSED;
  }

  /** Whether the upstream ends the connection behind it. */
  boolean isCut() {
    return form == Form.UNTIL_END || form == Form.CUT;
  }
}
