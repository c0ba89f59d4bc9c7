package tayyar.clients;

import java.io.IOException;
import tayyar.testing.OverTls;
import tayyar.testing.Program;
import tayyar.testing.TestCertificate;

@OverTls
final class PythonAsyncOverTlsTest extends Sdk {
  @Override
  Program program() throws IOException {
    return Programs.pythonTrusting("async", TestCertificate.usual().files().certificate());
  }
}
