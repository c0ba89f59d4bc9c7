package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tayyar.api.AccountFault;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.Network;
import tayyar.keys.KeyRing;
import tayyar.keys.KeyRing.Check;
import tayyar.keys.WrongKeys;

/**
 * Decides which callers may ask. Used by all event loops.
 *
 * <p>An operator's listener has no keys, so a foreign page in the operator's browser could send
 * commands to it: across origins, which the browser tells in {@code Origin}, or by a name of its
 * own that resolves to our address (DNS rebinding), which it tells in {@code Host}. So a command's
 * {@code Host} must be an address, {@code localhost}, a name without a dot, which nobody elsewhere
 * can own, or the name that the listener was given; and an {@code Origin} must be the same. Where a
 * browser tells in {@code Sec-Fetch-Site} who asks, it must be a page of ours or the person.
 */
public final class Gate {
  private final KeyRing keys;
  private final WrongKeys wrongKeys;
  private final Callers callers;
  private final String ownName;

  private Gate(KeyRing keys, WrongKeys wrongKeys, Callers callers, String ownName) {
    this.keys = keys;
    this.wrongKeys = wrongKeys;
    this.callers = callers;
    this.ownName = ownName;
  }

  /**
   * Creates the gate of a listener whose callers have keys.
   *
   * @param wrongKeys counts callers with other keys
   * @param callers tells their addresses
   */
  public static Gate keys(KeyRing keys, WrongKeys wrongKeys, Callers callers) {
    return new Gate(keys, wrongKeys, callers, "");
  }

  /**
   * Creates the gate of an operator's listener, where nobody has a key.
   *
   * @param ownName the name or address that it listens on
   * @param callers tells the callers' addresses
   */
  public static Gate operators(String ownName, Callers callers) {
    return new Gate(new KeyRing(), new WrongKeys(System::nanoTime), callers, ownName);
  }

  /** Returns the client's address, null where it has none; a proxy's where it does not tell. */
  private @Nullable InetAddress counted(Exchange exchange) {
    InetAddress peer = exchange.reply().client();
    InetAddress client = callers.of(peer, exchange.headers());
    return client == null ? peer : client;
  }

  /** Returns the error that refuses the caller, or null. */
  @Nullable ApiError refuses(Route.Caller caller, Exchange exchange) {
    return switch (caller) {
      case EVERYBODY -> null;
      case KEY_OR_NONE -> shown(exchange) == null ? null : withoutKey(exchange);
      case KEY -> withoutKey(exchange);
      case OPERATOR -> {
        exchange.client(counted(exchange));
        yield foreign(exchange.headers());
      }
    };
  }

  /** Returns the header field with the key; clients of some dialects send it bare. */
  private static @Nullable String shown(Exchange exchange) {
    String shown = exchange.headers().get(HttpHeaderNames.AUTHORIZATION);
    String bare = shown == null ? exchange.headers().get("x-api-key") : null;
    return bare == null ? shown : "Bearer " + bare;
  }

  private @Nullable ApiError withoutKey(Exchange exchange) {
    String shown = shown(exchange);
    return switch (keys.check(shown)) {
      case Check.Refused refused -> {
        exchange.keyHint(refused.hint());
        yield shown != null && refused.error() instanceof ApiError.InvalidApiKey
            ? wrong(exchange, refused.error())
            : refused.error();
      }
      case Check.Known known -> {
        List<Network> networks = known.key().account().networks();
        ApiError error = networks == null ? null : elsewhere(exchange, networks);
        if (error == null) {
          exchange.key(known.key());
        } else {
          exchange.keyHint(known.key().hint());
        }
        yield error;
      }
    };
  }

  private @Nullable ApiError elsewhere(Exchange exchange, List<Network> allowed) {
    InetAddress client = callers.of(exchange.reply().client(), exchange.headers());
    if (client != null && allowed.stream().anyMatch(network -> network.contains(client))) {
      return null;
    }
    String address = client == null ? "" : NetUtil.toAddressString(client);
    return new ApiError.OfAccount(new AccountFault.IpNotAllowed(address));
  }

  private ApiError wrong(Exchange exchange, ApiError usual) {
    int seconds = wrongKeys.retryAfterSeconds(counted(exchange));
    return seconds == 0 ? usual : new ApiError.TooManyWrongKeys(seconds);
  }

  private @Nullable ApiError foreign(HttpHeaders headers) {
    String host = headers.get(HttpHeaderNames.HOST, "");
    if (!isOwn(RequestTarget.name(host))) {
      return foreign("Host", host);
    }
    for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
      if (!host.equalsIgnoreCase(RequestTarget.authorityOf(origin))) {
        return foreign("Origin", origin);
      }
    }
    for (String site : headers.getAll("Sec-Fetch-Site")) {
      if (!site.equals("same-origin") && !site.equals("none")) {
        return foreign("Sec-Fetch-Site", site);
      }
    }
    return null;
  }

  private static ApiError foreign(String field, String value) {
    return new ApiError.OfAdmin(new AdminFault.ForeignCaller(field, RequestChecks.shown(value)));
  }

  private boolean isOwn(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.indexOf('.') < 0
        || name.endsWith(".localhost")
        || name.equalsIgnoreCase(ownName)
        || NetUtil.isValidIpV4Address(name)
        || NetUtil.isValidIpV6Address(name);
  }
}
