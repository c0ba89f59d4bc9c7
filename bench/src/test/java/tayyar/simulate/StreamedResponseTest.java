package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a streamed answer gives to its channel at once. */
final class StreamedResponseTest {
  /** What was written between one flush and the next. */
  private static final class Writes extends ChannelOutboundHandlerAdapter {
    private final List<String> flushed = new ArrayList<>();
    private final StringBuilder waiting = new StringBuilder();

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      waiting.append(((ByteBuf) message).toString(UTF_8));
      ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      if (!waiting.isEmpty()) {
        flushed.add(waiting.toString());
      }
      waiting.setLength(0);
      ctx.flush();
    }
  }

  private static List<String> writes(String words) {
    var writes = new Writes();
    var channel = new EmbeddedChannel(writes);
    var head =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/chat/completions");
    JsonNode body =
        JsonMapper.shared()
            .readTree(
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    ScriptedResponse reply = ScriptedResponse.to(head, body, Script.of(words), 1);
    var received = new ReceivedRequest("POST", head.uri(), new DefaultHttpHeaders(), body);
    new StreamedResponse(channel, received, reply, () -> {}).start();
    channel.runPendingTasks();
    assertThat(channel.finishAndReleaseAll()).isTrue();
    return writes.flushed;
  }

  @Test
  void whatNeedNotWaitLeavesTogether() {
    assertThat(writes("tokens=20")).hasSize(1);
  }

  @Test
  void eachEventIsInAWriteOfItsOwnWhereThatIsAsked() {
    List<String> writes = writes("tokens=20 eventwise");

    assertThat(writes).hasSize(1 + 1 + 20 + 3 + 1);
    assertThat(writes.getFirst()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
    assertThat(writes.subList(1, writes.size() - 1))
        .allMatch(write -> write.matches("[0-9a-f]+\r\ndata: [^\n]+\n\n\r\n"));
    assertThat(writes.getLast()).isEqualTo("0\r\n\r\n");
  }

  @Test
  void eachByteIsInAWriteOfItsOwnWhereThatIsAsked() {
    assertThat(writes("tokens=2 bytewise")).allMatch(write -> write.length() == 1);
  }
}
