package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import tayyar.grammar.Blanks;
import tayyar.grammar.CallShape;

/** A text of a shape that is followed byte by byte, blanks left aside. */
final class Literal {
  private static final byte ID = (byte) 0xFF;
  private static final byte NUMBER = (byte) 0xFE;

  private final byte[] all;
  private int done;

  Literal(String text) {
    String plain = CallShape.withoutBlanks(text);
    var out = new ByteArrayOutputStream();
    plain
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case CallShape.ID -> out.write(ID);
                case CallShape.NUMBER -> out.write(NUMBER);
                default -> out.writeBytes(Character.toString(c).getBytes(UTF_8));
              }
            });
    all = out.toByteArray();
  }

  boolean isOver() {
    return done == all.length;
  }

  /** Whether a byte follows. */
  boolean take(byte b) {
    if (Blanks.is((char) b)) {
      return true;
    }
    if (done < all.length && isOf(all[done], (char) (b & 255))) {
      return true;
    }
    if (done < all.length && (all[done] == ID || all[done] == NUMBER)) {
      done++;
    }
    return done < all.length && all[done++] == b;
  }

  private static boolean isOf(byte slot, char c) {
    return (slot == ID && isOfName(c)) || (slot == NUMBER && c >= '0' && c <= '9');
  }

  static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-'
        || c == '.';
  }
}
