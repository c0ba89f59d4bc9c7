package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MeasuredEndpointTest {
  @Test
  void readsAUrl() {
    MeasuredEndpoint endpoint = MeasuredEndpoint.of("http://127.0.0.1:8080/v1/", "sk-1");

    assertThat(endpoint.name()).isEqualTo("127.0.0.1:8080");
    assertThat(endpoint.peer()).isEqualTo(new Peer.Tcp("127.0.0.1", 8080, false));
    assertThat(endpoint.host()).isEqualTo("127.0.0.1:8080");
    assertThat(endpoint.path()).isEqualTo("/v1");
    assertThat(endpoint.toString()).doesNotContain("sk-1");
  }

  @Test
  void takesNamesDefaultsAndWholePaths() {
    MeasuredEndpoint named = MeasuredEndpoint.of("a=http://host/v1/?x=1&y=2", "");
    assertThat(named.name()).isEqualTo("a");
    assertThat(named.path()).isEqualTo("/v1");
    assertThat(named.query()).isEqualTo("?x=1&y=2");
    assertThat(named.url()).isEqualTo("http://host/v1/");
    assertThat(named.with(List.of("X-A: b")).query()).isEqualTo("?x=1&y=2");
    assertThat(MeasuredEndpoint.of("https://host", "").peer())
        .isEqualTo(new Peer.Tcp("host", 443, true));
    assertThat(MeasuredEndpoint.of("https://host", "").path()).isEqualTo("/v1");
    assertThat(MeasuredEndpoint.of("http://host/api/v3/chat/completions", "").path())
        .isEqualTo("/api/v3");
    assertThat(MeasuredEndpoint.of("http://host/v1", "").call()).isEqualTo("/chat/completions");
    MeasuredEndpoint messages = MeasuredEndpoint.of("http://host/v1/messages", "");
    assertThat(messages.path() + messages.call()).isEqualTo("/v1/messages");
    assertThat(messages.path()).isEqualTo("/v1");
    assertThat(MeasuredEndpoint.of("http://[::1]:80/v1", "").peer())
        .isEqualTo(new Peer.Tcp("::1", 80, false));
    assertThat(MeasuredEndpoint.of("w=unix:/run/w.sock", "").peer())
        .isEqualTo(new Peer.Unix("/run/w.sock"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host:80", "ftp://host", "http://", "http://a b", "http://me:pw@host/"})
  void refusesWhatIsNoEndpoint(String url) {
    assertThatThrownBy(() -> MeasuredEndpoint.of(url, "")).isInstanceOf(PlanException.class);
  }

  @Test
  void aKeyIsTrimmedAndNeverShown() {
    assertThat(MeasuredEndpoint.of("http://host", " sk-secret\n").key()).isEqualTo("sk-secret");
    MeasuredEndpoint host = MeasuredEndpoint.of("http://host", "");
    assertThat(host.with(List.of("X-A: b c")).headers()).containsExactly("X-A: b c");
    assertThatThrownBy(() -> host.with(List.of("X-A: b\r\nX-B: c"))).hasMessageContaining("field");
    assertThatThrownBy(() -> MeasuredEndpoint.of("http://host", "sk-secret\r\nX: 1"))
        .isInstanceOf(PlanException.class)
        .hasMessageNotContaining("secret");
  }
}
