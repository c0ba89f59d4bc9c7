package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class AcceptingTest {
  private static final int MOST = 10;

  private final EmbeddedChannel listener = new EmbeddedChannel(new Accepting(MOST));
  private final List<EmbeddedChannel> clients = new ArrayList<>();

  private boolean accepts() {
    return listener.config().isAutoRead();
  }

  private int acceptsUntilFull() {
    while (accepts() && clients.size() < 100) {
      var client = new EmbeddedChannel();
      clients.add(client);
      listener.writeInbound(client);
    }
    return clients.size();
  }

  @Test
  void aBurstIsAcceptedOnlyAsOthersAreClosed() {
    int full = acceptsUntilFull();
    assertThat(full).isBetween(MOST + 1, 99);

    clients.removeFirst().close();
    assertThat(accepts()).isTrue();
    assertThat(acceptsUntilFull()).isEqualTo(full);
  }

  @Test
  void aBoundWithoutEndIsOne() {
    var unbounded = new EmbeddedChannel(new Accepting(Integer.MAX_VALUE));
    unbounded.writeInbound(new EmbeddedChannel());
    assertThat(unbounded.config().isAutoRead()).isTrue();
  }

  @Test
  void whatTheSystemRefusesIsTriedAgainLater() {
    listener.freezeTime();
    listener.pipeline().fireExceptionCaught(new IOException("accept(..): Too many open files"));
    listener.checkException();
    assertThat(accepts()).isFalse();

    listener.advanceTimeBy(1, TimeUnit.SECONDS);
    listener.runScheduledPendingTasks();
    assertThat(accepts()).isTrue();
  }

  @Test
  void aClientThatLeavesDoesNotEndThePause() {
    acceptsUntilFull();
    listener.freezeTime();
    listener.pipeline().fireExceptionCaught(new IOException("accept(..): Too many open files"));
    clients.removeFirst().close();
    assertThat(accepts()).isFalse();

    listener.advanceTimeBy(1, TimeUnit.SECONDS);
    listener.runScheduledPendingTasks();
    assertThat(accepts()).isTrue();
  }
}
