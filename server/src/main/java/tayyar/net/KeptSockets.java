package tayyar.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Keeps a socket in epoll as long as its channel is open. Where a channel waits for nothing, for
 * example behind a peer's half-close, Netty 4.2.18 takes the socket out of epoll and does not put
 * it back: the channel's next wait for room to write fails. Here the socket stays registered, for
 * errors only, each reported once.
 *
 * @param handler Netty's own
 */
record KeptSockets(IoHandler handler) implements IoHandler {

  static IoHandlerFactory factory() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return executor -> new KeptSockets(epoll.newHandler(executor));
  }

  /** A channel's registration. */
  private record Registration(IoRegistration its) implements IoRegistration {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
    public <T> T attachment() {
      return its.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      boolean nothing = ops instanceof EpollIoOps epoll && epoll.value() == EpollIoOps.NONE.value();
      return its.submit(nothing ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    public boolean isValid() {
      return its.isValid();
    }

    @Override
    public boolean cancel() {
      return its.cancel();
    }
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(handler.register(handle));
  }

  @Override
  public void initialize() {
    handler.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return handler.run(context);
  }

  @Override
  public void prepareToDestroy() {
    handler.prepareToDestroy();
  }

  @Override
  public void destroy() {
    handler.destroy();
  }

  @Override
  public void wakeup() {
    handler.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return handler.isCompatible(handleType);
  }
}
