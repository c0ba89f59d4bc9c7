package tayyar.gemini;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import tayyar.wire.PlainJson;

/**
 * Reads a chunk of an everyday form, a piece of text of one candidate with its tokens, in one pass;
 * nothing of it is decoded. The chunks of an answer differ in their text and their numbers: what
 * stands between those in one is compared with the next one as bytes. Not safe for use by more than
 * one thread.
 */
final class PlainContent {
  private static final byte[] CANDIDATES = ascii("candidates");
  private static final byte[] USAGE = ascii("usageMetadata");
  private static final byte[] VERSION = ascii("modelVersion");
  private static final byte[] ID = ascii("responseId");
  private static final byte[] CONTENT = ascii("content");
  private static final byte[] INDEX = ascii("index");
  private static final byte[] PARTS = ascii("parts");
  private static final byte[] ROLE = ascii("role");
  private static final byte[] TEXT = ascii("text");
  private static final byte[] THOUGHT = ascii("thought");
  private static final byte[] TRUE = ascii("true");

  /** An answer whose chunks never are alike is not learnt from for ever. */
  private static final int LEARNT_MAX = 8;

  private final PlainJson json = new PlainJson();
  private final Tokens.Told usage = new Tokens.Told();

  // What stands before the text, between it and the tokens, and behind their last number, in an
  // earlier chunk.
  private byte[] head = {};
  private byte[] middle = {};
  private byte[] tail = {};
  private boolean ofThought;
  private int learnt;

  // Of the chunk under way: what was taken up to the text, and up to the end of the tokens.
  private byte[] bytes = {};
  private int from;
  private int headLength;
  private int middleTo;
  private boolean hasText;
  private boolean hasUsage;
  private boolean thought;
  private int textFrom;
  private int textTo;

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** Whether the text is the model's thinking. */
  boolean isThought() {
    return thought;
  }

  /** Where the text stands. */
  int textFrom() {
    return textFrom;
  }

  /** Behind it. */
  int textTo() {
    return textTo;
  }

  /** The tokens it tells; all 0 where it tells none. */
  Tokens.Told usage() {
    return usage;
  }

  /**
   * Reads one event's data.
   *
   * @return whether it is of an everyday form; the rest says nothing otherwise
   */
  boolean read(byte[] data, int itsFrom, int to) {
    bytes = data;
    from = itsFrom;
    begin(to);
    if (json.begins(head) && text()) {
      thought = ofThought;
      if (json.begins(middle) && usage.readAgain(json) && json.begins(tail) && json.isAtEnd()) {
        return true;
      }
    }
    begin(to);
    boolean read = json.object(this::member) && hasText && json.isAtEnd();
    if (read && hasUsage && middleTo > textTo && learnt < LEARNT_MAX) {
      learnt++;
      learn(usage.learn(json), to);
    }
    return read;
  }

  private void learn(int tailFrom, int to) {
    if (tailFrom >= 0) {
      ofThought = thought;
      head = Arrays.copyOfRange(bytes, from, from + headLength);
      middle = Arrays.copyOfRange(bytes, textTo + 1, middleTo);
      tail = Arrays.copyOfRange(bytes, from + tailFrom, to);
    }
  }

  private void begin(int to) {
    json.begin(bytes, from, to);
    usage.clear();
    hasText = false;
    hasUsage = false;
    thought = false;
  }

  private boolean text() {
    boolean taken = json.escapedText();
    textFrom = json.textFrom();
    textTo = json.textTo();
    return taken;
  }

  private boolean member() {
    if (json.named(CANDIDATES)) {
      return json.take('[') && json.object(this::ofCandidate) && json.take(']');
    }
    if (json.named(USAGE)) {
      boolean second = hasUsage;
      hasUsage = true;
      middleTo = hasText ? from + json.takenLength() : 0;
      return !second && usage.read(json);
    }
    return (json.named(VERSION) || json.named(ID)) && json.scalar();
  }

  private boolean ofCandidate() {
    return json.named(INDEX)
        ? json.integer() == 0
        : json.named(CONTENT) && json.object(this::ofContent);
  }

  private boolean ofContent() {
    return json.named(ROLE)
        ? json.scalar()
        : json.named(PARTS)
            && json.take('[')
            && !hasText
            && json.object(this::ofPart)
            && json.take(']');
  }

  /** A text, which may be a thought; whatever else stands in a part means something. */
  private boolean ofPart() {
    if (json.named(TEXT) && !hasText) {
      hasText = true;
      headLength = json.takenLength();
      return json.next() == '"' && text();
    }
    thought = json.named(THOUGHT) && json.take(TRUE);
    return thought;
  }
}
