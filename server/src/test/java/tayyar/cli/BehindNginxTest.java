package tayyar.cli;

import java.util.regex.Pattern;
import tayyar.testing.Proxy;

/** nginx asks nobody whether he is ready: it goes by connections that are refused. */
class BehindNginxTest extends BehindProxies {
  @Override
  Proxy.Kind kind() {
    return Proxy.Kind.NGINX;
  }

  @Override
  Pattern silences() {
    return Pattern.compile("proxy_(?:read|send)_timeout (\\d+)h;");
  }
}
