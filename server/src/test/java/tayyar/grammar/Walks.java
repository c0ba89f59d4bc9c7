package tayyar.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts written by a grammar at random, and texts given to one, byte by byte. */
final class Walks {
  private static final Pieces BYTES = bytes();

  private Walks() {}

  private static Pieces bytes() {
    var all = new byte[256][];
    for (int b = 0; b < 256; b++) {
      all[b] = new byte[] {(byte) b};
    }
    return new Pieces(all);
  }

  static Place begin(Grammar grammar) {
    return new Place(grammar, BYTES);
  }

  static boolean accepts(Grammar grammar, String text) {
    Place place = begin(grammar);
    return place.take(text.getBytes(UTF_8)) && place.mayEnd();
  }

  static Grammar schema(String json) {
    return Schema.draft(Json.read(json, "schema"), "schema", "#").grammar("schema");
  }

  static Grammar gbnf(String text) {
    return Gbnf.draft(text, "grammar").grammar("grammar");
  }

  /** A text that hurries to its end after some bytes. */
  static String written(Grammar grammar, Random random, int free) {
    Place place = begin(grammar);
    var out = new ByteArrayOutputStream();
    while (!place.mustEnd() && !(place.mayEnd() && random.nextInt(4) == 0)) {
      byte[] next = {(byte) chosen(place, random, out.size() > free)};
      if (!place.take(next)) {
        throw new AssertionError("a byte of the mask is refused");
      }
      out.write(next[0]);
      if (out.size() > 100_000) {
        throw new AssertionError("no end: " + out.toString(UTF_8).substring(0, 300));
      }
    }
    return out.toString(UTF_8);
  }

  private static int chosen(Place place, Random random, boolean hurries) {
    long[] mask = place.mask();
    List<Integer> all = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      if ((mask[b >> 6] & 1L << b) != 0) {
        all.add(b);
      }
    }
    if (all.isEmpty()) {
      throw new AssertionError("nothing may follow, and it is no end");
    }
    if (hurries || random.nextInt(8) == 0) {
      List<Integer> ends = all.stream().filter(b -> "}]\"0e".indexOf(b) >= 0).toList();
      if (!ends.isEmpty()) {
        return ends.get(random.nextInt(ends.size()));
      }
    }
    return all.get(random.nextInt(all.size()));
  }
}
