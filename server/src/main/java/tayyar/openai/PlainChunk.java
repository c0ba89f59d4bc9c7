package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.Usage;
import tayyar.wire.PlainJson;

/**
 * Reads a chunk of an everyday form without a parser, in one pass over its bytes: at most one
 * choice, with text, an end or neither, and a usage. Whatever is of no such form, and all that
 * needs decoding, it leaves to {@link ChunkReader}. Not safe for use by more than one thread.
 */
final class PlainChunk {
  private static final byte[] CHOICES = ascii("choices");
  private static final byte[] USAGE = ascii("usage");
  private static final byte[] ERROR = ascii("error");
  private static final byte[] INDEX = ascii("index");
  private static final byte[] DELTA = ascii("delta");
  private static final byte[] TEXT = ascii("text");
  private static final byte[] MESSAGE = ascii("message");
  private static final byte[] CONTENT = ascii("content");
  private static final byte[] ROLE = ascii("role");
  private static final byte[] LOGPROBS = ascii("logprobs");
  private static final byte[] STOP_REASON = ascii("stop_reason");
  private static final byte[] FINISH_REASON = ascii("finish_reason");
  private static final byte[] GROQ = ascii("x_groq");
  private static final byte[] FINGERPRINT = ascii("system_fingerprint");
  private static final byte[] TIER = ascii("service_tier");
  private static final byte[] STOP = ascii("\"stop\"");
  private static final byte[] LENGTH = ascii("\"length\"");

  /** The object whose members are being read. */
  private enum Place {
    CHUNK,
    CHOICE,
    DELTA
  }

  private final PlainJson json = new PlainJson();
  private final PlainUsage usage = new PlainUsage();
  private final boolean chat;

  /**
   * What the last chunk had before its choices, where that said nothing. The chunks of a stream
   * have it in common, as a rule, and it need not be read again.
   */
  private byte[] head = {};

  /** The members that name the server are known; all chunks repeat them. */
  private boolean introduced;

  /** It has choices, or a usage. What has neither may tell of an error, in many forms. */
  private boolean answers;

  /** It has no member that anybody reads over. */
  private boolean silent;

  private boolean hasChoice;
  private int choice;
  private int textFrom;
  private int textTo;
  private @Nullable FinishReason finish;
  private boolean hasUsage;

  /**
   * Reads nothing yet.
   *
   * @param chat false for the chunks of a completion
   */
  PlainChunk(boolean chat) {
    this.chat = chat;
  }

  /**
   * Reads one event's data.
   *
   * @return whether it is of an everyday form; the rest says nothing otherwise
   */
  boolean read(byte[] bytes, int from, int to) {
    json.begin(bytes, from, to);
    hasChoice = false;
    choice = 0;
    textFrom = 0;
    textTo = 0;
    finish = null;
    hasUsage = false;
    answers = false;
    silent = true;
    boolean read = json.begins(head) ? behindHead() : object(Place.CHUNK) && (answers || silent);
    return read && json.isAtEnd();
  }

  private boolean behindHead() {
    return choices() && (!json.take(',') || members(Place.CHUNK)) && json.take('}');
  }

  /** Skips the members that name the server from now on. */
  void introduced() {
    introduced = true;
  }

  boolean hasChoice() {
    return hasChoice;
  }

  /** The choice's index. */
  int choice() {
    return choice;
  }

  /** Where the choice's text stands. */
  int textFrom() {
    return textFrom;
  }

  /** Behind the choice's text; where it begins if there is none. */
  int textTo() {
    return textTo;
  }

  /** Why the choice ended, or null. */
  @Nullable FinishReason finish() {
    return finish;
  }

  /** Whether it tells of tokens. */
  boolean hasUsage() {
    return hasUsage;
  }

  /** Tells them. */
  @Nullable Usage usage(UsageReader to) {
    return usage.told(to);
  }

  private boolean object(Place its) {
    return json.take('{') && (json.take('}') || (members(its) && json.take('}')));
  }

  private boolean members(Place its) {
    do {
      if (!json.name() || !member(its)) {
        return false;
      }
    } while (json.take(','));
    return true;
  }

  private boolean member(Place of) {
    return switch (of) {
      case CHUNK -> ofChunk();
      case CHOICE -> ofChoice();
      case DELTA -> ofDelta();
    };
  }

  private boolean ofChunk() {
    if (json.named(CHOICES)) {
      if (!hasChoice && !hasUsage) {
        head = json.taken();
      }
      answers = true;
      return choices();
    }
    if (json.named(USAGE)) {
      answers = true;
      return json.takeNull() || usage();
    }
    silent = false;
    boolean says =
        json.named(ERROR)
            || json.named(GROQ)
            || (!introduced && (json.named(FINGERPRINT) || json.named(TIER)));
    return says ? json.takeNull() : json.value();
  }

  private boolean choices() {
    return json.take('[') && (json.take(']') || (oneChoice() && json.take(']')));
  }

  private boolean oneChoice() {
    boolean second = hasChoice;
    hasChoice = true;
    return !second && object(Place.CHOICE);
  }

  private boolean ofChoice() {
    if (json.named(INDEX)) {
      choice = json.integer();
      return choice >= 0 && choice <= ChunkReader.CHOICES_MAX;
    }
    if (json.named(DELTA)) {
      return object(Place.DELTA);
    }
    if (json.named(FINISH_REASON)) {
      return finishReason();
    }
    if (json.named(TEXT) && !chat) {
      return text();
    }
    boolean says =
        json.named(LOGPROBS)
            || json.named(USAGE)
            || json.named(ERROR)
            || json.named(MESSAGE)
            || json.named(STOP_REASON)
            || json.named(TEXT);
    return says ? json.takeNull() : json.value();
  }

  /** Whatever else stands in a delta means something, unless it is null. */
  private boolean ofDelta() {
    if (json.named(CONTENT)) {
      return text();
    }
    return json.named(ROLE) ? json.value() : json.takeNull();
  }

  private boolean text() {
    if (json.takeNull()) {
      textFrom = textTo;
      return true;
    }
    if (!json.text()) {
      return false;
    }
    textFrom = json.textFrom();
    textTo = json.textTo();
    return true;
  }

  private boolean finishReason() {
    if (json.takeNull()) {
      finish = null;
      return true;
    }
    finish = json.take(STOP) ? FinishReason.STOP : FinishReason.LENGTH;
    return finish == FinishReason.STOP || json.take(LENGTH);
  }

  private boolean usage() {
    boolean second = hasUsage;
    hasUsage = true;
    return !second && usage.read(json);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
