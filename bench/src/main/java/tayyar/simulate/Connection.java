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
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Asked(HttpRequest head, ByteBuf body) {}

  private final Simulator simulator;
  private final Queue<Asked> queue = new ArrayDeque<>();
  private ByteBuf body = Unpooled.buffer();
  private @Nullable HttpRequest head;
  private @Nullable Answer answer;
  private @Nullable Exchange current;
  private boolean busy;

  Connection(Simulator simulator) {
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
      queue.add(new Asked(head, body));
      next(ctx);
    }
  }

  private void next(ChannelHandlerContext ctx) {
    Asked asked = busy ? null : queue.poll();
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
    Exchange exchange =
        new Exchange(request.method().name(), request.uri(), request.headers(), json);
    current = exchange;
    simulator.asked(exchange);
    if (request.uri().endsWith("/models")) {
      plain(ctx, 200, MODELS);
    } else {
      chat(ctx, request, json, exchange);
    }
  }

  private void chat(ChannelHandlerContext ctx, HttpRequest head, JsonNode json, Exchange exchange) {
    Reply reply;
    try {
      reply = Reply.to(head, json, simulator.script(), simulator.number());
    } catch (IllegalArgumentException e) {
      plain(ctx, 400, error(String.valueOf(e.getMessage())));
      return;
    }
    Script script = reply.script();
    if (script.has(Word.REFUSE)) {
      exchange.ended(Exchange.How.WRITTEN);
      var _ = ctx.close();
    } else if (script.has(Word.STATUS)) {
      plain(ctx, script.number(Word.STATUS), error("The simulator was told to fail."), script);
    } else if (reply.streamed() && !script.has(Word.HANG)) {
      Answer streamed = new Answer(ctx.channel(), exchange, reply, () -> over(ctx));
      answer = streamed;
      streamed.start();
    } else if (!script.has(Word.HANG)) {
      long nanos = script.nanos(Word.FIRST) + reply.tokens() * script.nanos(Word.PACE);
      var _ = ctx.executor().schedule(() -> whole(ctx, reply), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void whole(ChannelHandlerContext ctx, Reply reply) {
    if (reply.script().has(Word.CUT)) {
      ctx.writeAndFlush(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n", UTF_8))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    String whole = reply.whole();
    boolean garbage = reply.script().has(Word.GARBAGE);
    plain(ctx, 200, garbage ? whole.substring(0, whole.length() / 2) : whole);
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
      current.ended(Exchange.How.WRITTEN);
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
      current.ended(Exchange.How.PEER_LEFT);
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
