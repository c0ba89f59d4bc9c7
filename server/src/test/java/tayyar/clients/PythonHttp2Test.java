package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tayyar.testing.OverTls;
import tayyar.testing.Program;
import tayyar.testing.TestCertificate;
import tayyar.testing.TestGateway;

/** httpx speaks HTTP/2 where it is told to. */
@OverTls
final class PythonHttp2Test extends Sdk {
  @Override
  Program program() throws IOException {
    return Programs.pythonTrusting("http2", TestCertificate.usual().files().certificate());
  }

  @Test
  void itIsHttp2() throws IOException {
    try (Program program = program()) {
      var ask = asked(gateway.baseUrl(), gateway.key(), TestGateway.MODEL, "[[tokens=1]]", true);
      assertThat(program.ask(ask).path("version").asString()).isEqualTo("HTTP/2");
    }
  }
}
