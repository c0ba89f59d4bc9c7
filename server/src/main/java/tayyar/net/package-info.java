/**
 * Netty's transports behind one name: epoll or NIO, TCP and Unix sockets. Called by http, upstream
 * and Main; calls process.
 */
@org.jspecify.annotations.NullMarked
package tayyar.net;
