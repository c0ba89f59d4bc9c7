package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.wire.PlainJson;

/**
 * Reads an answer of an everyday form, one document, without a parser: one choice of text that
 * ended, its tokens, what names the server, and nothing else that says anything. All of it is
 * understood before anything is given. Whatever is of no such form it leaves to {@link
 * ChunkReader}. Not safe for use by more than one thread.
 */
final class PlainDocument {
  private static final byte[] CHOICES = ascii("choices");
  private static final byte[] USAGE = ascii("usage");
  private static final byte[] INDEX = ascii("index");
  private static final byte[] MESSAGE = ascii("message");
  private static final byte[] TEXT = ascii("text");
  private static final byte[] CONTENT = ascii("content");
  private static final byte[] ROLE = ascii("role");
  private static final byte[] FINISH_REASON = ascii("finish_reason");
  private static final byte[] STOP = ascii("\"stop\"");
  private static final byte[] LENGTH = ascii("\"length\"");
  private static final byte[][] WRITTEN_ANEW = {
    ascii("id"), ascii("object"), ascii("created"), ascii("model")
  };
  private static final String[] OF_SERVER = {"system_fingerprint", "service_tier"};
  private static final byte[][] OF_SERVER_NAMES = {ascii(OF_SERVER[0]), ascii(OF_SERVER[1])};

  private final boolean chat;
  private final PlainJson json = new PlainJson();
  private final PlainUsage usage = new PlainUsage();
  private byte[] bytes = {};
  private boolean hasChoice;
  private boolean hasUsage;
  private boolean hasText;
  private int textFrom;
  private int textTo;
  private @Nullable FinishReason finish;
  private final int[] serverFrom = new int[OF_SERVER.length];
  private final int[] serverTo = new int[OF_SERVER.length];

  /**
   * Reads nothing yet.
   *
   * @param chat false for the answer to a completion
   */
  PlainDocument(boolean chat) {
    this.chat = chat;
  }

  /**
   * Reads it.
   *
   * @return whether it is of that form; nothing may be given of it otherwise
   */
  boolean read(byte[] body) {
    bytes = body;
    json.begin(body, 0, body.length);
    return json.object(this::member)
        && json.isAtEnd()
        && hasChoice
        && finish != null
        && hasUsage
        && usage.completion() > 0;
  }

  private boolean member() {
    if (json.named(CHOICES)) {
      boolean second = hasChoice;
      hasChoice = true;
      return !second && json.take('[') && json.object(this::ofChoice) && json.take(']');
    }
    if (json.named(USAGE)) {
      boolean second = hasUsage;
      hasUsage = true;
      return !second && usage.read(json);
    }
    for (byte[] name : WRITTEN_ANEW) {
      if (json.named(name)) {
        return json.value();
      }
    }
    return server() || json.nothing();
  }

  /** A word that names the server. */
  private boolean server() {
    for (int i = 0; i < OF_SERVER.length; i++) {
      if (json.named(OF_SERVER_NAMES[i]) && json.next() == '"') {
        boolean word = json.text();
        serverFrom[i] = json.textFrom() - 1;
        serverTo[i] = json.textTo() + 1;
        return word;
      }
    }
    return false;
  }

  private boolean ofChoice() {
    if (json.named(INDEX)) {
      return json.integer() == 0;
    }
    if (json.named(FINISH_REASON)) {
      return finishReason();
    }
    if (chat ? json.named(MESSAGE) : json.named(TEXT)) {
      return chat ? json.object(this::ofMessage) : text();
    }
    return json.nothing();
  }

  private boolean finishReason() {
    finish = json.take(STOP) ? FinishReason.STOP : FinishReason.LENGTH;
    return finish == FinishReason.STOP || json.take(LENGTH);
  }

  private boolean ofMessage() {
    if (json.named(CONTENT)) {
      return text();
    }
    return json.named(ROLE) ? json.scalar() : json.nothing();
  }

  private boolean text() {
    boolean second = hasText;
    hasText = true;
    if (second || !json.escapedText()) {
      return false;
    }
    textFrom = json.textFrom();
    textTo = json.textTo();
    return true;
  }

  /** Gives all that it says, as {@link ChunkReader} would. */
  void giveTo(Sink sink) {
    for (int i = 0; i < OF_SERVER.length; i++) {
      if (serverTo[i] - serverFrom[i] > 2) {
        byte[] word = Arrays.copyOfRange(bytes, serverFrom[i], serverTo[i]);
        sink.part(0, new Part.Member(Place.ANSWER, OF_SERVER[i], word));
      }
    }
    sink.delta(0, Kind.CONTENT, bytes, textFrom, textTo);
    sink.finish(0, finish == null ? FinishReason.STOP : finish);
    Usage told = usage.told(new UsageReader());
    if (told != null) {
      sink.usage(told);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
