package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.admin.AdminPages;
import tayyar.api.Bounds;
import tayyar.api.Target.Address;
import tayyar.http.Callers;
import tayyar.http.Gate;
import tayyar.http.Live;
import tayyar.http.Routes;
import tayyar.http.Server;
import tayyar.limits.Budget;
import tayyar.net.Transport;
import tayyar.openai.OpenAiClients;
import tayyar.testing.Http2Frames;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;

/** Connections of HTTP/2 on a heap that has room for a few of them. */
@Tag("socket")
final class Http2RoomTest {
  private static final int MANY = 60;

  /** A quarter of it is for connections without a request: sixteen of HTTP/2. */
  private static final int MEMORY_BYTES = 1 << 20;

  private final Budget memory = new Budget(MEMORY_BYTES, () -> 0);
  private final List<AutoCloseable> clients = new ArrayList<>();
  private EventLoopGroup loops;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    loops = Transport.best().loops(2);
    server =
        new Server(
            new Address.Tcp("127.0.0.1", 0, false),
            null,
            true,
            Transport.best(),
            loops,
            Routes.of(
                new AdminPages(_ -> "", () -> true).routes(),
                Gate.operators("admin.example.net", Callers.DIRECT),
                new OpenAiClients()),
            new Live(),
            Bounds.DEFAULT,
            10_000,
            memory);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : clients) {
      each.close();
    }
    server.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    assertThat(memory.held()).isZero();
  }

  private Http2Frames open() throws IOException {
    Http2Frames client = Http2Frames.to((InetSocketAddress) server.address());
    clients.add(client);
    return client;
  }

  /** Idle ones make room before the memory is used up, and each is told so. */
  @Test
  void theNewestIsServedHoweverManyAreIdle() throws IOException {
    List<Http2Frames> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Http2Frames client = open();
      client.get(1, "/healthz");
      assertThat(client.status(1)).as("connection %d", i).isEqualTo(200);
      assertThat(client.body(1)).isEqualTo("ok\n");
      all.add(client);
    }
    assertThat(server.connections()).isBetween(1, 16);
    server.close();
    for (Http2Frames client : all) {
      assertThat(client.goneAway()).isZero();
      client.closed();
    }
  }

  /** They hold nothing of it, so their end would help nobody. */
  @Test
  void idleConnectionsOfHttp1Stay() throws IOException {
    List<RawHttp> plain = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RawHttp client = RawHttp.to((InetSocketAddress) server.address());
      clients.add(client);
      plain.add(client);
      assertThat(client.send(Requests.bare("GET", "/healthz")).response().status()).isEqualTo(200);
    }
    for (int i = 0; i < MANY; i++) {
      Http2Frames client = open();
      client.get(1, "/healthz");
      assertThat(client.status(1)).isEqualTo(200);
    }
    for (RawHttp client : plain) {
      assertThat(client.send(Requests.bare("GET", "/healthz")).response().status()).isEqualTo(200);
    }
  }
}
