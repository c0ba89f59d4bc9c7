package tayyar.tls;

import java.io.ByteArrayOutputStream;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;

/**
 * Puts private keys of the older forms into PKCS#8, the only one that Java reads. A value is a tag,
 * a length and contents.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5208#section-5">RFC 5208, section 5</a>
 */
final class Der {
  private static final int INTEGER = 0x02;
  private static final int OCTETS = 0x04;
  private static final int OBJECT = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int CURVE = 0xa0;

  /** 0. */
  private static final byte[] VERSION = {INTEGER, 1, 0};

  /** rsaEncryption (1.2.840.113549.1.1.1) and NULL, its parameters. */
  private static final byte[] RSA = {
    OBJECT, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** id-ecPublicKey (1.2.840.10045.2.1). */
  private static final byte[] EC = {OBJECT, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private final byte[] bytes;
  private int at;
  private int end;

  private Der(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Wraps an RSAPrivateKey (RFC 8017, appendix A.1.2), which PEM calls RSA PRIVATE KEY. */
  static byte[] ofRsa(byte[] key) {
    return value(SEQUENCE, VERSION, value(SEQUENCE, RSA), value(OCTETS, key));
  }

  /**
   * Wraps an ECPrivateKey (RFC 5915), which PEM calls EC PRIVATE KEY.
   *
   * @throws InvalidKeySpecException if it does not name its curve
   */
  static byte[] ofEc(byte[] key) throws InvalidKeySpecException {
    return value(SEQUENCE, VERSION, value(SEQUENCE, EC, curve(key)), value(OCTETS, key));
  }

  private static byte[] curve(byte[] key) throws InvalidKeySpecException {
    Der der = new Der(key);
    if (der.enter() != SEQUENCE || der.skip() != INTEGER || der.skip() != OCTETS) {
      throw new InvalidKeySpecException("no ECPrivateKey");
    }
    if (der.at >= der.end || der.enter() != CURVE || der.at >= der.end || der.tag() != OBJECT) {
      throw new InvalidKeySpecException("no named curve");
    }
    return Arrays.copyOfRange(key, der.at, der.end);
  }

  private int tag() throws InvalidKeySpecException {
    return next(at);
  }

  private int next(int index) throws InvalidKeySpecException {
    if (index >= end) {
      throw new InvalidKeySpecException("too short");
    }
    return bytes[index] & 0xff;
  }

  /** Goes to the contents of the value here; returns its tag. */
  private int enter() throws InvalidKeySpecException {
    int tag = next(at++);
    int length = next(at++);
    if (length >= 0x80) {
      int digits = length - 0x80;
      length = 0;
      for (int i = 0; i < digits && length < 1 << 20; i++) {
        length = length << 8 | next(at++);
      }
    }
    if (length > end - at) {
      throw new InvalidKeySpecException("too short");
    }
    end = at + length;
    return tag;
  }

  /** Goes behind the value here; returns its tag. */
  private int skip() throws InvalidKeySpecException {
    int outer = end;
    int tag = enter();
    at = end;
    end = outer;
    return tag;
  }

  private static byte[] value(int tag, byte[]... parts) {
    var contents = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      contents.writeBytes(part);
    }
    int length = contents.size();
    var all = new ByteArrayOutputStream();
    all.write(tag);
    if (length < 0x80) {
      all.write(length);
    } else {
      all.write(0x83);
      all.write(length >> 16);
      all.write(length >> 8);
      all.write(length);
    }
    all.writeBytes(contents.toByteArray());
    return all.toByteArray();
  }
}
