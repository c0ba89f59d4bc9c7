package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.MissingNode;

/** One connection to the simulator: reads requests, answers them one after the other. */
final class AcceptedConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record QueuedRequest(HttpRequest head, ByteBuf body) {}

  private final Simulator simulator;
  private final Queue<QueuedRequest> queue = new ArrayDeque<>();
  private ByteBuf body = Unpooled.buffer();
  private @Nullable HttpRequest head;
  private @Nullable StreamedResponse answer;
  private @Nullable ReceivedRequest current;
  private boolean busy;

  AcceptedConnection(Simulator simulator) {
    this.simulator = simulator;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    simulator.opened(ctx.channel());
    ctx.fireChannelActive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      var _ = ctx.close();
      return;
    }
    if (part instanceof HttpRequest request) {
      head = request;
      body = Unpooled.buffer();
    }
    if (part instanceof HttpContent content) {
      body.writeBytes(content.content());
    }
    if (part instanceof LastHttpContent && head != null) {
      queue.add(new QueuedRequest(head, body));
      next(ctx);
    }
  }

  private void next(ChannelHandlerContext ctx) {
    QueuedRequest asked = busy ? null : queue.poll();
    if (asked == null) {
      return;
    }
    busy = true;
    JsonNode json = MissingNode.getInstance();
    try {
      if (asked.body().isReadable()) {
        json = JSON.readTree((InputStream) new ByteBufInputStream(asked.body()));
      }
    } catch (JacksonException e) {
      plain(ctx, 400, error(e.getOriginalMessage()));
      return;
    }
    HttpRequest request = asked.head();
    ReceivedRequest received =
        new ReceivedRequest(request.method().name(), request.uri(), request.headers(), json);
    current = received;
    simulator.asked(received);
    if (request.uri().endsWith("/models")) {
      plain(ctx, 200, MODELS);
    } else {
      chat(ctx, request, json, received);
    }
  }

  private void chat(
      ChannelHandlerContext ctx, HttpRequest head, JsonNode json, ReceivedRequest received) {
    ScriptedResponse scripted;
    try {
      scripted = ScriptedResponse.to(head, json, simulator.script(), simulator.number());
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      boolean generate = GenerateRequest.isOf(head.uri());
      plain(ctx, 400, generate ? GenerateBytes.refusal(why) : error(why));
      return;
    }
    Script script = scripted.script();
    if (script.has(Word.REFUSE)) {
      received.ended(ReceivedRequest.How.WRITTEN);
      var _ = ctx.close();
    } else if (script.has(Word.STATUS)) {
      plain(ctx, script.number(Word.STATUS), failure(scripted), script);
    } else if (scripted.streamed() && !script.has(Word.HANG)) {
      StreamedResponse streamed =
          new StreamedResponse(ctx.channel(), received, scripted, () -> over(ctx));
      answer = streamed;
      streamed.start();
    } else if (!script.has(Word.HANG)) {
      long nanos = script.nanos(Word.FIRST) + scripted.tokens() * script.nanos(Word.PACE);
      var _ = ctx.executor().schedule(() -> whole(ctx, scripted), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void whole(ChannelHandlerContext ctx, ScriptedResponse scripted) {
    if (scripted.script().has(Word.CUT)) {
      ctx.writeAndFlush(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n", UTF_8))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    String whole = scripted.whole();
    boolean garbage = scripted.script().has(Word.GARBAGE);
    plain(ctx, 200, garbage ? whole.substring(0, whole.length() / 2) : whole);
  }

  private static String failure(ScriptedResponse scripted) {
    String message = "The simulator was told to fail.";
    return switch (scripted.operation()) {
      case MESSAGES ->
          "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"" + message + "\"}}";
      case GENERATE -> GenerateBytes.error(scripted.script().number(Word.STATUS));
      case CHAT, COMPLETIONS, EMBEDDINGS, RESPONSES -> error(message);
    };
  }

  private static String error(String message) {
    return "{\"error\":{\"message\":"
        + JSON.writeValueAsString(message)
        + ",\"type\":\"server_error\",\"param\":null,\"code\":\"simulated\"}}";
  }

  private void plain(ChannelHandlerContext ctx, int status, String json) {
    plain(ctx, status, json, simulator.script());
  }

  private void plain(ChannelHandlerContext ctx, int status, String json, Script script) {
    byte[] bytes = json.getBytes(UTF_8);
    int retryAfter = script.number(Word.RETRYAFTER);
    String text =
        "HTTP/1.1 "
            + status
            + " Simulated\r\nContent-Type: application/json\r\n"
            + (retryAfter < 0 ? "" : "Retry-After: " + retryAfter + "\r\n")
            + "Content-Length: "
            + bytes.length
            + "\r\n\r\n";
    var _ =
        ctx.writeAndFlush(
            Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(text, UTF_8), Unpooled.wrappedBuffer(bytes)));
    if (current != null) {
      current.ended(ReceivedRequest.How.WRITTEN);
    }
    over(ctx);
  }

  private void over(ChannelHandlerContext ctx) {
    busy = false;
    answer = null;
    current = null;
    ctx.executor().execute(() -> next(ctx));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (answer != null && ctx.channel().isWritable()) {
      answer.resume();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (answer != null) {
      answer.gone();
    } else if (current != null) {
      current.ended(ReceivedRequest.How.PEER_LEFT);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    simulator.failed(cause);
    var _ = ctx.close();
  }

  private static final String MODELS =
      "{\"object\":\"list\",\"data\":[{\"id\":\"sim\",\"object\":\"model\","
          + "\"created\":1767225600,\"owned_by\":\"simulator\"}]}";
}
