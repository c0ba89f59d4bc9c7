package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Bounds;
import tayyar.api.Target;
import tayyar.api.Target.Access;
import tayyar.api.Target.Address;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tayyar.testing.TlsUpstream;
import tayyar.testing.TunnelProxy;
import tools.jackson.databind.node.ObjectNode;

/** Ways to reach a target: over TLS, through a proxy, with another header field for the key. */
@Tag("socket")
final class AccessTest {
  /** A first handshake takes its time. */
  private static final Fleet.Rules RULES =
      new Fleet.Rules(TestFleet.rules().policy(), List.of(), 100, Streams.WANTED, Bounds.DEFAULT);

  @TempDir private Path folder;

  private static TestFleet fleet(String host, int port, boolean tls, Access access)
      throws IOException {
    var target = new Target("t", new Address.Tcp(host, port, tls), "/v1", "m", "secret", access);
    return TestFleet.start(
        List.of(), none -> List.of(TestFleet.model("pair", RULES, List.of(target))));
  }

  private static Access access(@Nullable Path ca, int proxyPort) {
    var proxy = new Address.Tcp("127.0.0.1", Math.max(proxyPort, 1), false);
    return new Access("", "", ca, proxyPort == 0 ? null : proxy);
  }

  @Test
  void aCertificateThatNobodyKnowsIsRefused() throws Exception {
    try (var upstream = TlsUpstream.start(folder);
        var fleet = fleet("localhost", upstream.port(), true, access(null, 0))) {
      Response response = fleet.stream("a");

      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(upstream.requests()).isEmpty();
    }
  }

  @Test
  void aKnownCertificateIsAcceptedAndTheNameIsSent() throws Exception {
    try (var upstream = TlsUpstream.start(folder);
        var fleet = fleet("localhost", upstream.port(), true, access(upstream.certificate(), 0))) {
      Response response = fleet.stream("a");

      assertThat(response.events().content()).isEqualTo("yes");
      assertThat(upstream.names()).containsOnly("localhost");
    }
  }

  @Test
  void aKnownCertificateOfAnotherHostIsRefused() throws Exception {
    try (var upstream = TlsUpstream.start(folder);
        var fleet = fleet("127.0.0.1", upstream.port(), true, access(upstream.certificate(), 0))) {
      assertThat(fleet.stream("a").status()).isEqualTo(503);
      assertThat(upstream.requests()).isEmpty();
    }
  }

  @Test
  void aProxyMakesATunnelToTls() throws Exception {
    try (var upstream = TlsUpstream.start(folder);
        var proxy = new TunnelProxy(upstream.port());
        var fleet = fleet("localhost", 4433, true, access(upstream.certificate(), proxy.port()))) {
      Response response = fleet.stream("a");

      assertThat(response.events().content()).isEqualTo("yes");
      assertThat(proxy.asked()).containsOnly("CONNECT localhost:4433 HTTP/1.1");
      assertThat(upstream.requests()).containsOnly("POST /v1/chat/completions HTTP/1.1");
    }
  }

  @Test
  void aProxyThatIsNotThere() throws Exception {
    try (var fleet = fleet("localhost", 4433, true, access(null, 1))) {
      assertThat(fleet.stream("a").status()).isEqualTo(503);
    }
  }

  /** The simulator stands in for the proxy, which gets the whole address. */
  @Test
  void aProxyIsToldTheWholeAddress() throws IOException {
    try (var fleet =
        TestFleet.start(
            List.of(""),
            all -> {
              var proxy = (Address.Tcp) all.getFirst().address();
              var there = new Address.Tcp("gpu.invalid", 8000, false);
              var access = new Access("", "", null, proxy);
              var target = new Target("t", there, "/v1", "m", null, access);
              return List.of(TestFleet.model("pair", RULES, List.of(target)));
            })) {
      assertThat(fleet.stream("[[numbered tokens=2]]").events().content()).isEqualTo("0 1 ");
      ReceivedRequest received = fleet.simulator(0).next(TestGateway.SOON);

      assertThat(received.uri()).isEqualTo("http://gpu.invalid:8000/v1/chat/completions");
      assertThat(received.header("Host")).isEqualTo("gpu.invalid:8000");
    }
  }

  @Test
  void cachedPromptsAreKeptApartByKey() throws IOException {
    try (var fleet =
        TestFleet.start(
            List.of(""),
            all -> {
              var access = new Access("", "", null, null, true);
              var target = new Target("t", all.getFirst().address(), "/v1", "m", null, access);
              return List.of(TestFleet.model("pair", RULES, List.of(target)));
            })) {
      String another = fleet.newKey();
      ObjectNode body = Requests.chat(TestFleet.MODEL, "[[numbered tokens=1]]", true);
      String salt = salt(fleet, fleet.key(), body);
      assertThat(salt).matches("[0-9a-f]{32}");
      assertThat(salt(fleet, fleet.key(), body.put("stream", false))).isEqualTo(salt);
      assertThat(salt(fleet, another, body)).matches("[0-9a-f]{32}").isNotEqualTo(salt);
      assertThat(salt(fleet, another, body.put("cache_salt", "mine"))).isEqualTo("mine");
    }
  }

  private static String salt(TestFleet fleet, String key, ObjectNode body) throws IOException {
    assertThat(fleet.send(Requests.post(key, body.toString())).status()).isEqualTo(200);
    return fleet.simulator(0).next(TestGateway.SOON).body().path("cache_salt").asString("");
  }

  @Test
  void azure() throws IOException {
    try (var fleet =
        TestFleet.start(
            List.of(""),
            all -> {
              var access = new Access("api-key", "api-version=2024-10-21", null, null);
              String path = "/openai/deployments/d";
              var address = all.getFirst().address();
              var target = new Target("t", address, path, "d", "secret", access);
              return List.of(TestFleet.model("pair", RULES, List.of(target)));
            })) {
      assertThat(fleet.stream("[[nochoices tokens=2]]").status()).isEqualTo(200);
      ReceivedRequest received = fleet.simulator(0).next(TestGateway.SOON);

      assertThat(received.uri())
          .isEqualTo("/openai/deployments/d/chat/completions?api-version=2024-10-21");
      assertThat(received.header("api-key")).isEqualTo("secret");
      assertThat(received.header("Authorization")).isEmpty();
    }
  }
}
