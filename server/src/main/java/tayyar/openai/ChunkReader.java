package tayyar.openai;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Choices;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.wire.Utf8;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads the chunks of one upstream's stream, or its answer as one document, and gives their content
 * on. Not safe for use by more than one thread.
 */
final class ChunkReader {
  /** The highest index of a choice. */
  static final int CHOICES_MAX = 1024;

  /** Members that name the server: passed on once, ahead of the first text. */
  private static final List<String> OF_SERVER = List.of("system_fingerprint", "service_tier");

  /** Members about the text: the last value of each is passed on behind it. */
  private static final Set<String> OF_TEXT = Set.of("citations", "search_results");

  /** Members of an answer that are written anew. */
  private static final Set<String> OURS = Set.of("id", "object", "created", "model");

  private final Sink sink;
  private final Choices begun = new Choices();

  /** Choices of which more came behind their end. */
  private final BitSet goneOn = new BitSet(0);

  /** Choices that were given as a whole message. */
  private final BitSet whole = new BitSet(0);

  private final UsageReader usage = new UsageReader();
  private final ChoiceReader choice;
  private final UsualChunk usual = new UsualChunk();
  private final PlainChunk plain;

  /** Members beside the choices that wait for a text to go with. */
  private final Map<String, Part.Member> members = new LinkedHashMap<>(0);

  private boolean introduced;
  private @Nullable Usage told;

  /** Why the stream can't go on behind the chunk under way. */
  private @Nullable ApiError wrong;

  /** A finish_reason that nobody knows, or empty. */
  private String oddEnd = "";

  // Of the chunk under way.
  private int choices;
  private boolean document;

  /** It has choices or a usage: it is one, and no error's document. */
  private boolean answers;

  /** It has a member of that name, which may tell of an error. */
  private boolean troubled;

  /** Whether a member beside the choices is one that streams have too. */
  static boolean isOfStreams(String name) {
    return OF_SERVER.contains(name) || OF_TEXT.contains(name);
  }

  /**
   * Reads nothing yet.
   *
   * @param chat false for the chunks of a completion
   */
  ChunkReader(Sink sink, boolean chat) {
    this.sink = sink;
    this.plain = new PlainChunk(chat);
    this.choice = new ChoiceReader(sink, chat, usage);
  }

  /** A finish_reason that came, that nobody knows and that was given as a stop, or empty. */
  String oddEnd() {
    return oddEnd;
  }

  /** Whether every choice that was begun has its finish_reason. */
  boolean complete() {
    return begun.complete();
  }

  /** The latest usage, or null. */
  @Nullable Usage usage() {
    return told;
  }

  /** Bytes of all texts so far, as they stand in JSON. */
  long textBytes() {
    return choice.texts().bytes();
  }

  /** Ends each choice that was begun and has no end of its own. */
  void endAll(FinishReason reason, String word) {
    for (int i = 0; i <= CHOICES_MAX; i++) {
      if (begun.hasBegun(i) && !begun.hasEnded(i)) {
        oddEnd = word;
        end(i, reason);
      }
    }
  }

  /**
   * Reads one event's data.
   *
   * @return null, or why the stream can't go on
   */
  @Nullable ApiError read(byte[] bytes, int from, int to) {
    if (choice.texts().areWhole()) {
      if (usual.is(bytes, from, to)) {
        text(usual.choice(), bytes, usual.textFrom(from), usual.textTo(to));
        return null;
      }
      if (plain.read(bytes, from, to)) {
        give(bytes, from, to);
        return null;
      }
    }
    return readWhole(bytes, from, to);
  }

  private void text(int index, byte[] bytes, int from, int to) {
    if (from < to) {
      begin(index);
      sink.delta(index, Kind.CONTENT, bytes, from, to);
    }
  }

  /** Gives what the plain chunk says; one that has a text alone is a model for others. */
  private void give(byte[] bytes, int from, int to) {
    int textFrom = plain.textFrom();
    int textTo = plain.textTo();
    int index = plain.choice();
    FinishReason finish = plain.finish();
    if (plain.hasChoice()) {
      text(index, bytes, textFrom, textTo);
      if (finish != null) {
        end(index, finish);
      } else if (textFrom < textTo && !plain.hasUsage()) {
        usual.offer(bytes, from, to, textFrom, textTo, index);
      }
    }
    if (plain.hasUsage()) {
      give(plain.usage(usage));
    }
  }

  /** Reads one event's data with a parser, whatever form it is of. */
  @Nullable ApiError readWhole(byte[] bytes, int from, int to) {
    if (SignsOfLife.is(bytes, from, to)) {
      return null;
    }
    choices = 0;
    ApiError error = parse(bytes, from, to);
    if (error == null && choices == 1) {
      learn(bytes, from, to);
    }
    return error;
  }

  /** One that gave a text that stands in it as it is, and nothing else, is a model for others. */
  private void learn(byte[] bytes, int from, int to) {
    byte[] text = choice.textAlone();
    if (choice.textAt() < 0) {
      return;
    }
    int textFrom = from + choice.textAt() + 1;
    int textTo = textFrom + text.length;
    if (text.length > 0
        && textTo < to
        && bytes[textFrom - 1] == '"'
        && bytes[textTo] == '"'
        && Arrays.equals(bytes, textFrom, textTo, text, 0, text.length)
        && Utf8.isPlain(bytes, textFrom, textTo)) {
      usual.offer(bytes, from, to, textFrom, textTo, choice.index());
    }
  }

  /**
   * Reads an answer that is one document.
   *
   * @return null, or what is wrong with it
   */
  @Nullable ApiError readDocument(byte[] body) {
    document = true;
    ApiError error = parse(body, 0, body.length);
    if (error == null && choices == 0) {
      return new ApiError.UpstreamFailed("its answer has no choices.");
    }
    return error;
  }

  private @Nullable ApiError parse(byte[] bytes, int from, int to) {
    answers = false;
    troubled = false;
    try (JsonParser p = LooseJson.parser(bytes, from, to)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        ApiError error = ErrorBody.findEvent(bytes, from, to);
        return error == null ? failed("it sent an event that is not a JSON object.") : error;
      }
      all(p);
    } catch (StreamConstraintsException e) {
      return new ApiError.UnreadableAnswer("a part of it is nested too deep, or too long.");
    } catch (JacksonException e) {
      byte[] repaired = answers ? null : LooseJson.repaired(bytes, from, to);
      return repaired == null
          ? failed("it sent something that is not JSON.")
          : parse(repaired, 0, repaired.length);
    }
    behindChoices();
    boolean suspicious = troubled || (!answers && to - from <= ErrorBody.BYTES_MAX);
    ApiError error = suspicious ? ErrorBody.findEvent(bytes, from, to) : null;
    return error == null ? wrong : error;
  }

  private void behindChoices() {
    if (begun.anyBegun() && !introduced) {
      introduced = true;
      plain.introduced();
    }
    if (begun.complete()) {
      tellMembers();
    }
  }

  /** Some servers send several objects as one event. */
  private void all(JsonParser p) {
    members(p);
    for (JsonToken next = p.nextToken(); next != null; next = p.nextToken()) {
      choices = 2;
      if (next == JsonToken.START_OBJECT) {
        members(p);
      } else {
        wrong = failed("it sent something behind an object in an event.");
        p.skipChildren();
      }
    }
  }

  private void members(JsonParser p) {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "choices" -> choices(p, value);
        case "usage" -> give(usage.read(p, value));
        case "x_groq" -> give(usage.readInside(p, value));
        case "error" -> {
          troubled = value != JsonToken.VALUE_NULL;
          p.skipChildren();
        }
        default -> member(p, name, value);
      }
      answers |= name.equals("choices") || name.equals("usage");
    }
  }

  /** Of a document all is kept that is not written anew. */
  private void member(JsonParser p, String name, JsonToken value) {
    boolean wanted =
        document
            ? !OURS.contains(name)
            : isOfStreams(name) && !(introduced && OF_SERVER.contains(name));
    if (!wanted) {
      p.skipChildren();
      return;
    }
    Part.Member its = Said.member(Place.ANSWER, name, p, value);
    if (its != null) {
      members.put(name, its);
    }
  }

  private static ApiError failed(String why) {
    return new ApiError.UpstreamFailed(why);
  }

  private void choices(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      choice(p, value, 0);
      return;
    }
    for (int place = 0; p.nextToken() != JsonToken.END_ARRAY; place++) {
      choice(p, p.currentToken(), document ? place : 0);
    }
  }

  private void choice(JsonParser p, JsonToken value, int place) {
    if (value == JsonToken.START_OBJECT) {
      choices++;
      choice.read(p, place, document);
      give();
    } else {
      p.skipChildren();
    }
  }

  /** Gives what the choice under way says. */
  private void give() {
    ApiError trouble = choice.trouble();
    wrong = trouble == null ? wrong : trouble;
    give(choice.usage());
    int index = choice.index();
    if (index < 0 || index > CHOICES_MAX) {
      wrong = choice.speaks() ? failed("it sent text for a choice that does not exist.") : wrong;
      return;
    }
    if (choice.speaks() && !repeats(index)) {
      begin(index);
      ApiError error = choice.give();
      wrong = error == null ? wrong : error;
    }
    oddEnd = choice.oddEnd().isEmpty() ? oddEnd : choice.oddEnd();
    FinishReason finish = choice.finish();
    if (finish != null) {
      end(index, finish);
    } else if (document) {
      begin(index);
    }
  }

  /**
   * Whether it is a whole message behind the deltas of which it is made. Behind another one it may
   * go on or begin anew; nobody can tell.
   */
  private boolean repeats(int index) {
    if (!choice.isWhole()) {
      return false;
    }
    boolean begins = !begun.hasBegun(index);
    wrong = whole.get(index) ? failed("it sent several messages for one choice.") : wrong;
    whole.set(index, begins || whole.get(index));
    return !begins;
  }

  private void begin(int index) {
    if (!members.isEmpty()) {
      introduce();
    }
    if (begun.hasEnded(index)) {
      goneOn.set(index);
    }
    begun.begin(index);
  }

  private void introduce() {
    for (String name : OF_SERVER) {
      Part.Member member = members.remove(name);
      if (member != null) {
        sink.part(0, member);
      }
    }
  }

  /** Of several ends the last counts behind which nothing was said. */
  private void end(int index, FinishReason reason) {
    if (begun.hasEnded(index) && !goneOn.get(index)) {
      return;
    }
    begin(index);
    goneOn.clear(index);
    ApiError error = choice.end(index);
    wrong = error == null ? wrong : error;
    begun.end(index);
    sink.finish(index, choice.ending(index, reason));
  }

  /** Passes on the members beside the choices; in a document they may stand behind them. */
  void tellMembers() {
    members.values().forEach(member -> sink.part(0, member));
    members.clear();
  }

  private void give(@Nullable Usage known) {
    if (known != null) {
      told = known;
      sink.usage(known);
    }
  }
}
