package tayyar.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Spans;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.api.Target.Address;

class SaltsTest {
  private static final Address GPU = new Address.Tcp("gpu-1", 8000, false);
  private static final Address WORKER = new Address.Unix("/run/w");

  private final Salts salts = new Salts();

  private static Target target(Address address, boolean salted) {
    return new Target(
        "t", address, "/v1", "m", null, new Target.Access("", "", null, null, salted));
  }

  /** A request whose client gives a salt, or none where it is empty. */
  private static InferenceRequest request(String own) {
    byte[] body = own.getBytes(UTF_8);
    var spans = new Spans(0, -1, -1, -1, -1, -1, -1, body.length == 0 ? -1 : 0, body.length);
    return new InferenceRequest(
        "m", List.of(), true, true, Sampling.NONE, List.of(), Set.of(), body, spans);
  }

  @Test
  void eachKeyHasOneThatTellsNothingOfIt() {
    Set<String> seen = new HashSet<>();
    for (int key = 0; key < 1000; key++) {
      String id = "key_" + key;
      String salt = salts.of(id, request(""), target(GPU, true));
      assertThat(salt).matches("[0-9a-f]{32}");
      assertThat(salts.of(id, request(""), target(WORKER, true))).isEqualTo(salt);
      assertThat(new Salts().of(id, request(""), target(GPU, true))).isNotEqualTo(salt);
      assertThat(seen.add(salt)).isTrue();
    }
  }

  @Test
  void nothingIsSaidToATargetThatIsNotToKnow() {
    assertThat(salts.of("k", request(""), target(GPU, false))).isEmpty();
    assertThat(salts.of("k", request("\"own\""), target(WORKER, false))).isEmpty();
  }

  @Test
  void aClientsOwnStaysForAServerAndCountsWithinTheKeyForAWorker() {
    assertThat(salts.of("k", request("\"own\""), target(GPU, true))).isEmpty();
    Set<String> all =
        Set.of(
            salts.of("k", request(""), target(WORKER, true)),
            salts.of("k", request("\"own\""), target(WORKER, true)),
            salts.of("k", request("\"other\""), target(WORKER, true)),
            salts.of("l", request("\"own\""), target(WORKER, true)),
            salts.of("k\"own\"", request(""), target(WORKER, true)));
    assertThat(all).hasSize(5).doesNotContain("");
  }
}
