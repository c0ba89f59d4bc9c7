package tayyar.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Trace;
import tayyar.api.Usage;
import tayyar.api.Who;
import tayyar.conformance.ToldAnswer.Server;
import tayyar.dialect.Answer;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Reading;
import tayyar.dialect.TargetDialect;
import tayyar.gemini.GeminiTargets;
import tayyar.messages.MessagesClients;
import tayyar.messages.MessagesTargets;
import tayyar.openai.OpenAiClients;
import tayyar.openai.OpenAiTargets;
import tayyar.responses.ResponsesClients;
import tayyar.responses.ResponsesTargets;
import tayyar.testing.Cases;
import tayyar.testing.QuietSink;
import tayyar.testing.RawHttp;
import tayyar.testing.Response;
import tayyar.testing.ScriptedReply;
import tayyar.wire.SseSplitter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever a server of one dialect answers, a client of another one is told the same: streamed and
 * whole, however the bytes come and however slowly they are read, and through a further dialect.
 */
final class AnswerRoundTripsTest {
  private static final Who WHO = new Who("req_1", "", "", "", 0, 0, Trace.NONE);
  private static final int CASES = 300;

  /** A dialect of clients. */
  enum Client {
    CHATS,
    MESSAGES,
    RESPONSES;

    private ClientDialect dialect() {
      return switch (this) {
        case CHATS -> new OpenAiClients();
        case MESSAGES -> new MessagesClients();
        case RESPONSES -> new ResponsesClients(null);
      };
    }

    private Spoken spoken() {
      return switch (this) {
        case CHATS -> new SpokenChats();
        case MESSAGES -> new SpokenMessages();
        case RESPONSES -> new SpokenResponses();
      };
    }

    private InferenceRequest asks(boolean stream) {
      byte[] body = spoken().body("m", "x", stream).toString().getBytes(UTF_8);
      return dialect().read(Endpoint.CHAT, body, Bounds.DEFAULT);
    }
  }

  private static TargetDialect targets(Server server) {
    return switch (server) {
      case CHATS -> new OpenAiTargets();
      case MESSAGES -> new MessagesTargets();
      case GEMINI -> new GeminiTargets();
    };
  }

  /** Gives an answer on as the gateway does: ends and tokens when all is told. */
  private static final class Relayed extends QuietSink {
    private final Answer answer;
    private final TreeMap<Integer, FinishReason> ends = new TreeMap<>();
    private Usage tokens = Usage.NONE;

    Relayed(Answer answer) {
      this.answer = answer;
    }

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      answer.delta(choice, kind, json, from, to);
    }

    @Override
    public void part(int choice, Part part) {
      answer.part(choice, part);
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      ends.put(choice, reason);
    }

    @Override
    public void usage(Usage usage) {
      tokens = usage;
      answer.usage(usage);
    }

    @Override
    public void done() {
      ends.forEach(answer::finish);
      var _ = answer.complete(tokens);
    }

    @Override
    public void failed(ApiError error) {
      throw new AssertionError(error.message());
    }
  }

  private final ScriptedReply reply = new ScriptedReply(new EmbeddedChannel());

  private Response told() {
    var chunk = new RawHttp.Chunk(reply.body().getBytes(UTF_8), 0, 0);
    return new Response(new RawHttp.Head(200, List.of()), List.of(chunk));
  }

  private Relayed to(Client client, InferenceRequest request) {
    reply.writes.clear();
    return new Relayed(client.dialect().answer(request, WHO, reply, Bounds.DEFAULT, Room.ENDLESS));
  }

  /**
   * Reads a stream whose bytes come in pieces of any length, of a random one where there is one.
   */
  private ObjectNode streamed(Server by, Client client, String body, RandomGenerator pieces) {
    return streamed(targets(by), client, body, pieces);
  }

  private ObjectNode streamed(
      TargetDialect by, Client client, String body, RandomGenerator pieces) {
    streamedText(by, client, body, pieces);
    return client.spoken().streamed(told());
  }

  /** The same as text, without the time; null for all bytes at once. */
  private String streamedText(
      Server by, Client client, String body, @Nullable RandomGenerator pieces) {
    return streamedText(targets(by), client, body, pieces);
  }

  private String streamedText(
      TargetDialect by, Client client, String body, @Nullable RandomGenerator pieces) {
    InferenceRequest request = client.asks(true);
    Relayed sink = to(client, request);
    Reading reading = by.reading(request, sink);
    var splitter = new SseSplitter(1_000_000);
    var in = Unpooled.wrappedBuffer(body.getBytes(UTF_8));
    while (in.isReadable() && !reading.over()) {
      int count = pieces == null ? in.readableBytes() : 1 + pieces.nextInt(in.readableBytes());
      reply.writable = pieces == null || pieces.nextBoolean();
      sink.answer.writable();
      splitter.feed(
          in.readRetainedSlice(count),
          (bytes, from, to) -> {
            ApiError wrong = reading.event(splitter.name(), bytes, from, to);
            assertThat(wrong).isNull();
            return !reading.over();
          });
      if (pieces != null) {
        sink.answer.flush();
      }
    }
    assertThat(reading.complete()).isTrue();
    reply.writable = true;
    sink.done();
    return reply.body().replaceAll("\"completed_at\":[0-9]+", "\"completed_at\":1");
  }

  private ObjectNode whole(Server by, Client client, String body) {
    InferenceRequest request = client.asks(false);
    Relayed sink = to(client, request);
    assertThat(targets(by).reading(request, sink).document(body.getBytes(UTF_8))).isNull();
    sink.done();
    return client.spoken().whole(told());
  }

  @ParameterizedTest
  @CsvSource({
    "CHATS,CHATS",
    "CHATS,MESSAGES",
    "CHATS,RESPONSES",
    "MESSAGES,CHATS",
    "MESSAGES,MESSAGES",
    "MESSAGES,RESPONSES",
    "GEMINI,CHATS",
    "GEMINI,MESSAGES",
    "GEMINI,RESPONSES"
  })
  void anAnswerIsTheSameStreamedAndWhole(Server by, Client client) {
    Cases.times(
        CASES,
        random -> {
          ToldAnswer answer = ToldAnswer.of(random);
          ObjectNode streamed = streamed(by, client, answer.stream(by, random), random);
          assertThat(streamed).isEqualTo(whole(by, client, answer.whole(by)));
        });
  }

  /** Where the client takes all that comes. */
  @ParameterizedTest
  @CsvSource({
    "CHATS,CHATS",
    "CHATS,MESSAGES",
    "CHATS,RESPONSES",
    "MESSAGES,CHATS",
    "MESSAGES,MESSAGES",
    "MESSAGES,RESPONSES",
    "GEMINI,CHATS",
    "GEMINI,MESSAGES",
    "GEMINI,RESPONSES"
  })
  void anySplitOfTheBytesGivesTheSameEvents(Server by, Client client) {
    Cases.times(
        CASES,
        random -> {
          String body = ToldAnswer.of(random).stream(by, random);
          String atOnce = streamedText(by, client, body, null);
          var writable = new Always(random);
          assertThat(streamedText(by, client, body, writable)).isEqualTo(atOnce);
        });
  }

  /** Cuts anywhere; the reader takes all. */
  private record Always(RandomGenerator random) implements RandomGenerator {
    @Override
    public long nextLong() {
      return random.nextLong();
    }

    @Override
    public boolean nextBoolean() {
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void aChatIsToldAllOfIt(Server by) {
    Cases.times(
        CASES,
        random -> {
          ToldAnswer answer = ToldAnswer.of(random);
          ObjectNode told = streamed(by, Client.CHATS, answer.stream(by, random), random);
          assertThat((JsonNode) told).isEqualTo(answer.asChat());
        });
  }

  /** A gateway like this one in front of this one, in another dialect. */
  @ParameterizedTest
  @EnumSource(Server.class)
  void nothingIsLostThroughAFurtherDialect(Server by) {
    Cases.times(
        CASES,
        random -> {
          ToldAnswer answer = ToldAnswer.of(random);
          String messages =
              streamedText(by, Client.MESSAGES, answer.stream(by, random), new Always(random));
          assertThat((JsonNode) streamed(Server.MESSAGES, Client.CHATS, messages, random))
              .isEqualTo(answer.asChat());
          String responses =
              streamedText(by, Client.RESPONSES, answer.stream(by, random), new Always(random));
          assertThat((JsonNode) streamed(new ResponsesTargets(), Client.CHATS, responses, random))
              .isEqualTo(answer.asChat());
          String chats =
              streamedText(by, Client.CHATS, answer.stream(by, random), new Always(random));
          assertThat((JsonNode) streamed(Server.CHATS, Client.CHATS, chats, random))
              .isEqualTo(answer.asChat());
        });
  }
}
