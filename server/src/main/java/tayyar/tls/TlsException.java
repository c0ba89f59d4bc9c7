package tayyar.tls;

import java.io.IOException;

/** A certificate or a key that cannot be used. Its message is a sentence that names the file. */
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1;

  TlsException(String sentence) {
    super(sentence);
  }
}
