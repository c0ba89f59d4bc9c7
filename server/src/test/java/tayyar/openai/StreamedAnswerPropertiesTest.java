package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.dialect.Reply;
import tayyar.dialect.StreamedAnswer;
import tayyar.testing.Cases;
import tayyar.testing.Events;
import tools.jackson.databind.JsonNode;

/** Whenever the socket takes bytes and whenever it does not, the client reads the same answer. */
class StreamedAnswerPropertiesTest {
  private static final int EVENT_BYTES_MAX = 16_384;

  @Test
  void anyPaceOfTheReaderGivesTheSameText() {
    Cases.times(
        300,
        random -> {
          Scripted reply = new Scripted();
          String content = answer(reply, random);

          Events events = Events.of(String.join("", reply.writes));
          assertThat(events.content()).isEqualTo(content);
          assertThat(events.finishReason()).isEqualTo("length");
          assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(9);
          assertThat(events.done()).isTrue();
          assertOrder(events.chunks());
        });
  }

  @Test
  void noWriteSplitsAnEvent() {
    Cases.times(
        300,
        random -> {
          Scripted reply = new Scripted();
          answer(reply, random);

          assertThat(reply.writes).allSatisfy(StreamedAnswerPropertiesTest::assertWhole);
        });
  }

  private static String answer(Scripted reply, RandomGenerator random) {
    Chunks chunks = new Chunks("chatcmpl-1", 1, "sim", true, false, true);
    var answer = new StreamedAnswer(reply, chunks, 1000, Room.ENDLESS);
    StringBuilder content = new StringBuilder();
    for (int left = 1 + random.nextInt(40); left > 0; left--) {
      reply.writable = random.nextBoolean();
      answer.writable();
      String text = text(random);
      byte[] json = JsonText.escape(text);
      answer.delta(0, Kind.CONTENT, json, 0, json.length);
      content.append(text);
      if (random.nextBoolean()) {
        answer.flush();
      }
    }
    answer.finish(0, FinishReason.LENGTH);
    reply.writable = random.nextBoolean();
    var _ = answer.complete(new Usage(1, 9, 0, false));
    return content.toString();
  }

  private static String text(RandomGenerator random) {
    return Cases.one(random, " word", "نهر ", "🙂👩‍👩‍👧", "\"\\\n\t\u0001", "a", "\u2028")
        .repeat(Cases.one(random, 1, 1, 1, 2, 5_000));
  }

  private static void assertOrder(List<JsonNode> chunks) {
    JsonNode first = chunks.getFirst().path("choices").path(0).path("delta");
    assertThat(first).hasToString("{\"role\":\"assistant\",\"content\":\"\"}");
    assertThat(chunks.subList(1, chunks.size()))
        .noneMatch(chunk -> chunk.path("choices").path(0).path("delta").has("role"));
    JsonNode finish = chunks.get(chunks.size() - 2);
    assertThat(finish.path("choices").path(0).path("delta")).isEmpty();
    assertThat(chunks.getLast().path("choices")).isEmpty();
  }

  private static void assertWhole(String write) {
    assertThat(write).endsWith("\n\n");
    assertThat(write.split("(?<=\n\n)", -1))
        .allSatisfy(
            event -> {
              assertThat(event.getBytes(UTF_8).length).isLessThan(EVENT_BYTES_MAX);
              assertThat(event.isEmpty() || event.startsWith("data: ")).isTrue();
            });
  }

  /** A client whose socket takes bytes when the test says so. */
  private static final class Scripted implements Reply {
    @Override
    public long sentBytes() {
      return 0;
    }

    private final List<String> writes = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private boolean writable = true;

    @Override
    public void target(String name) {}

    @Override
    public ByteBuf events() {
      return Unpooled.buffer();
    }

    @Override
    public void streamHead() {}

    @Override
    public void flush() {}

    @Override
    public void send(ByteBuf events) {
      writes.add(events.toString(UTF_8));
      events.release();
    }

    @Override
    public ChannelFuture end(ByteBuf events) {
      send(events);
      return channel.newSucceededFuture();
    }

    @Override
    public ChannelFuture whole(ByteBuf json) {
      return end(json);
    }

    @Override
    public int status(ApiError error) {
      return error.status();
    }

    @Override
    public ChannelFuture error(ApiError error) {
      throw new IllegalStateException(error.message());
    }

    @Override
    public void abort() {}

    @Override
    public boolean writable() {
      return writable;
    }

    @Override
    public long waitingBytes() {
      return 0;
    }
  }
}
