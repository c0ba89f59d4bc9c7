package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {
  @Test
  void readsAUrl() {
    Endpoint endpoint = Endpoint.of("http://127.0.0.1:8080/v1/", "sk-1");

    assertThat(endpoint.name()).isEqualTo("127.0.0.1:8080");
    assertThat(endpoint.peer()).isEqualTo(new Peer.Tcp("127.0.0.1", 8080, false));
    assertThat(endpoint.host()).isEqualTo("127.0.0.1:8080");
    assertThat(endpoint.path()).isEqualTo("/v1");
    assertThat(endpoint.toString()).doesNotContain("sk-1");
  }

  @Test
  void takesNamesDefaultsAndWholePaths() {
    Endpoint named = Endpoint.of("a=http://host/v1/?x=1&y=2", "");
    assertThat(named.name()).isEqualTo("a");
    assertThat(named.path()).isEqualTo("/v1");
    assertThat(named.query()).isEqualTo("?x=1&y=2");
    assertThat(named.url()).isEqualTo("http://host/v1/");
    assertThat(named.with(List.of("X-A: b")).query()).isEqualTo("?x=1&y=2");
    assertThat(Endpoint.of("https://host", "").peer()).isEqualTo(new Peer.Tcp("host", 443, true));
    assertThat(Endpoint.of("https://host", "").path()).isEqualTo("/v1");
    assertThat(Endpoint.of("http://host/api/v3/chat/completions", "").path()).isEqualTo("/api/v3");
    assertThat(Endpoint.of("http://[::1]:80/v1", "").peer())
        .isEqualTo(new Peer.Tcp("::1", 80, false));
    assertThat(Endpoint.of("w=unix:/run/w.sock", "").peer())
        .isEqualTo(new Peer.Unix("/run/w.sock"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host:80", "ftp://host", "http://", "http://a b", "http://me:pw@host/"})
  void refusesWhatIsNoEndpoint(String url) {
    assertThatThrownBy(() -> Endpoint.of(url, "")).isInstanceOf(PlanException.class);
  }

  @Test
  void aKeyIsTrimmedAndNeverShown() {
    assertThat(Endpoint.of("http://host", " sk-secret\n").key()).isEqualTo("sk-secret");
    Endpoint host = Endpoint.of("http://host", "");
    assertThat(host.with(List.of("X-A: b c")).headers()).containsExactly("X-A: b c");
    assertThatThrownBy(() -> host.with(List.of("X-A: b\r\nX-B: c"))).hasMessageContaining("field");
    assertThatThrownBy(() -> Endpoint.of("http://host", "sk-secret\r\nX: 1"))
        .isInstanceOf(PlanException.class)
        .hasMessageNotContaining("secret");
  }
}
