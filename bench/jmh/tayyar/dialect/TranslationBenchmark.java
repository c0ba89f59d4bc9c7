package tayyar.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sink;
import tayyar.api.Trace;
import tayyar.api.Usage;
import tayyar.api.Who;
import tayyar.messages.MessagesClients;
import tayyar.messages.MessagesTargets;
import tayyar.openai.OpenAiClients;
import tayyar.openai.OpenAiTargets;
import tayyar.responses.ResponsesClients;
import tayyar.wire.SseSplitter;

/** A target's event to the client's, in each pair of dialects: read, told, written. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TranslationBenchmark {
  private static final String CHAT =
      "{\"id\":\"chatcmpl-sim1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
          + "\"model\":\"sim\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},"
          + "\"finish_reason\":null}]}";

  private static final String START =
      "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}";

  private static final String MESSAGE =
      "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}";

  /** What the target speaks, then what the client does. */
  @Param({"chat-chat", "chat-messages", "chat-responses", "messages-messages", "messages-chat"})
  public String dialects = "";

  @Param({"river ", "النهر "})
  public String word = "";

  private final NoReply reply = new NoReply();
  private byte[] event = {};
  private @Nullable Reading reading;
  private @Nullable Answer answer;

  /** Begins an answer. */
  @Setup
  public void begin() {
    String[] both = dialects.split("-", -1);
    ClientDialect clients =
        switch (both[1]) {
          case "chat" -> new OpenAiClients();
          case "messages" -> new MessagesClients();
          default -> new ResponsesClients(null);
        };
    String asked = "\"model\":\"sim\",\"max_tokens\":9,\"stream\":true,";
    String said =
        both[1].equals("responses")
            ? "\"input\":\"x\""
            : "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
    byte[] body = ("{" + asked + said + "}").getBytes(UTF_8);
    InferenceRequest request = clients.read(Endpoint.CHAT, body, Bounds.DEFAULT);
    var who = new Who("req_0123456789abcdefghjkmnpq", "key_1", "", "openai", 0, 0, Trace.NONE);
    Answer its = clients.answer(request, who, reply, Bounds.DEFAULT, Room.ENDLESS);
    answer = its;
    boolean chat = both[0].equals("chat");
    TargetDialect targets = chat ? new OpenAiTargets() : new MessagesTargets();
    Reading from = targets.reading(request, new Told(its));
    if (!chat) {
      byte[] start = START.getBytes(UTF_8);
      from.event(SseSplitter.Name.USUAL, start, 0, start.length);
    }
    reading = from;
    event = (chat ? CHAT : MESSAGE).formatted(word).getBytes(UTF_8);
  }

  @Benchmark
  public @Nullable ApiError event() {
    ApiError error = reading.event(SseSplitter.Name.USUAL, event, 0, event.length);
    answer.flush();
    return error;
  }

  private record Told(Answer answer) implements Sink {
    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      answer.delta(choice, kind, json, from, to);
    }

    @Override
    public void part(int choice, Part part) {
      answer.part(choice, part);
    }

    @Override
    public void flush() {}

    @Override
    public void finish(int choice, FinishReason reason) {}

    @Override
    public void usage(Usage usage) {}

    @Override
    public void done() {}

    @Override
    public void failed(ApiError error) {}
  }
}
