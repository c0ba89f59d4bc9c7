package tayyar.clients;

import java.io.IOException;
import tayyar.testing.OverTls;
import tayyar.testing.Program;
import tayyar.testing.TestCertificate;

@OverTls
final class NodeOverTlsTest extends Sdk {
  @Override
  Program program() throws IOException {
    return Programs.nodeTrusting(TestCertificate.usual().files().certificate());
  }
}
