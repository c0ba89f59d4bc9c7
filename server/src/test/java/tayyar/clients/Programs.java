package tayyar.clients;

import java.io.IOException;
import java.nio.file.Path;
import tayyar.testing.Given;
import tayyar.testing.Program;

/** Our programs in other languages. */
final class Programs {
  private Programs() {}

  /** Drives the SDK for Python: {@code sync} or {@code async}. */
  static Program python(String way) throws IOException {
    String python = Given.PYTHON.path().toString();
    return Program.start(python, Given.clients().resolve("python/chat.py").toString(), way);
  }

  /** The same, trusting a certificate of its own. */
  static Program pythonTrusting(String way, Path certificate) throws IOException {
    String python = Given.PYTHON.path().toString();
    String program = Given.clients().resolve("python/chat.py").toString();
    return Program.start("env", "SSL_CERT_FILE=" + certificate, python, program, way);
  }

  /** Calls any method of the SDK for Python. */
  static Program pythonOthers() throws IOException {
    String python = Given.PYTHON.path().toString();
    return Program.start(python, Given.clients().resolve("python/others.py").toString());
  }

  /** Asks by Anthropic's SDK for Python. */
  static Program pythonAnthropic() throws IOException {
    String python = Given.PYTHON.path().toString();
    return Program.start(
        python, Given.clients().resolve("python/anthropic_messages.py").toString());
  }

  /** Asks by Google's SDK for Python. */
  static Program pythonGemini() throws IOException {
    String python = Given.PYTHON.path().toString();
    return Program.start(python, Given.clients().resolve("python/gemini.py").toString());
  }

  /** Drives what speaks the newer dialects in Python. */
  static Program pythonDialects() throws IOException {
    String python = Given.PYTHON.path().toString();
    return Program.start(python, Given.clients().resolve("python/dialects.py").toString());
  }

  /** The same in Node. */
  static Program nodeDialects() throws IOException {
    Given.NODE_FOLDER.path();
    return Program.start("node", Given.clients().resolve("node/dialects.mjs").toString());
  }

  /** Runs LangChain's tests. */
  static Program pythonSuite() throws IOException {
    String python = Given.PYTHON.path().toString();
    return Program.start(python, Given.clients().resolve("python/langchain_suite.py").toString());
  }

  /** Drives a framework for Java, of this JDK. */
  static Program java(String framework) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String libraries = Given.JAVA_FOLDER.path() + "/*";
    Path source = Given.clients().resolve("java").resolve(framework + ".java");
    return Program.start(java, "-cp", libraries, source.toString());
  }

  /** The same, trusting a certificate of its own. */
  static Program nodeTrusting(Path certificate) throws IOException {
    Given.NODE_FOLDER.path();
    String program = Given.clients().resolve("node/chat.mjs").toString();
    return Program.start("env", "NODE_EXTRA_CA_CERTS=" + certificate, "node", program);
  }

  /** Node's own client of HTTP/2. */
  static Program nodeHttp2() throws IOException {
    Given.program("node");
    return Program.start("node", Given.clients().resolve("node/http2.mjs").toString());
  }

  /** Go's own client. */
  static Program go() throws IOException {
    return Program.start(Given.GO_FOLDER.path().resolve("chat").toString());
  }

  /** Drives the SDK for Node. */
  static Program node() throws IOException {
    Given.NODE_FOLDER.path();
    return Program.start("node", Given.clients().resolve("node/chat.mjs").toString());
  }
}
