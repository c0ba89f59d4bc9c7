package tayyar.clients;

import java.io.IOException;
import tayyar.testing.Program;

final class NodeTest extends Sdk {
  @Override
  Program program() throws IOException {
    return Programs.node();
  }
}
