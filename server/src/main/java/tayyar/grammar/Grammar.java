package tayyar.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tayyar.api.Refused;

/**
 * A form that an answer is held to. Never changed, so safe for use by any thread; {@link Place} is
 * an answer's place in it.
 */
public final class Grammar {
  /** Of the network; some megabytes. */
  static final int NODES_MAX = 100_000;

  private final Net net;
  private final NetFacts facts;
  private final int start;

  private Grammar(Net net, NetFacts facts, int start) {
    this.net = net;
    this.facts = facts;
    this.start = start;
  }

  /**
   * Builds one.
   *
   * @param rules by their names
   * @param where the place in the request, for errors
   * @throws Refused if it is too large, has no text, or calls a rule again before a character
   */
  static Grammar of(Piece root, Map<String, Piece> rules, String where) {
    var building = new Building(rules, where);
    int start = building.node(root, Net.END);
    building.finish();
    var facts = new NetFacts(building.net, where);
    if (!facts.productive(start)) {
      throw Faults.wrong(where, "can't be met: no finite answer has this form.");
    }
    return new Grammar(building.net, facts, start);
  }

  /** The bytes that it takes in memory, or a little more. */
  public long bytes() {
    return net.bytes();
  }

  Net net() {
    return net;
  }

  NetFacts facts() {
    return facts;
  }

  int start() {
    return start;
  }

  /** Turns pieces into nodes, from the end to the beginning. */
  private static final class Building {
    private final Map<String, Piece> rules;
    private final String where;
    private final Net net;
    private final Map<String, Integer> starts = new HashMap<>();
    private final Map<CharSet, Integer> classes = new HashMap<>();
    private final ArrayDeque<String> wanted = new ArrayDeque<>();
    private final List<Map.Entry<Integer, String>> calls = new ArrayList<>();

    Building(Map<String, Piece> rules, String where) {
      this.rules = rules;
      this.where = where;
      this.net = new Net(NODES_MAX, where);
    }

    void finish() {
      while (!wanted.isEmpty()) {
        String name = wanted.remove();
        Piece rule = rules.get(name);
        if (rule == null) {
          throw Faults.wrong(where, "uses a rule that is not there: " + Faults.shown(name) + ".");
        }
        starts.put(name, node(rule, Net.END));
      }
      for (Map.Entry<Integer, String> call : calls) {
        net.calls(call.getKey(), starts.getOrDefault(call.getValue(), Net.END));
      }
    }

    int node(Piece piece, int then) {
      return switch (piece) {
        case Piece.Text(String text) -> text(text, then);
        case Piece.Chars(CharSet set) -> chars(set, then);
        case Piece.Seq(List<Piece> parts) -> {
          int at = then;
          for (int i = parts.size() - 1; i >= 0; i--) {
            at = node(parts.get(i), at);
          }
          yield at;
        }
        case Piece.Any(List<Piece> parts) -> any(parts, then);
        case Piece.Ref(String rule) -> call(rule, then);
        case Piece.Times(Piece part, int least, int most) -> times(part, least, most, then);
      };
    }

    private int times(Piece part, int least, int most, int then) {
      if (least > most) {
        return node(Piece.NOTHING, then);
      }
      if (most == 0) {
        return then;
      }
      if (least == 0 && most == 1) {
        return net.either(node(part, then), then);
      }
      return least == 1 && most == 1
          ? node(part, then)
          : net.repeat(node(part, Net.END), least, most, then);
    }

    private int call(String rule, int then) {
      if (starts.putIfAbsent(rule, Net.END) == null) {
        wanted.add(rule);
      }
      int node = net.call(Net.END, then);
      calls.add(Map.entry(node, rule));
      return node;
    }

    private int any(List<Piece> parts, int then) {
      if (parts.isEmpty()) {
        return net.bytes(new long[4], then);
      }
      int at = node(parts.getLast(), then);
      for (int i = parts.size() - 2; i >= 0; i--) {
        at = net.either(node(parts.get(i), then), at);
      }
      return at;
    }

    private int text(String text, int then) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int at = then;
      for (int i = utf8.length - 1; i >= 0; i--) {
        at = net.bytes(utf8[i] & 255, utf8[i] & 255, at);
      }
      return at;
    }

    private int chars(CharSet set, int then) {
      List<Integer> ranges = set.ranges();
      if (ranges.isEmpty() || ranges.getLast() < 0x80) {
        var bits = new long[4];
        for (int i = 0; i < ranges.size(); i += 2) {
          for (int b = ranges.get(i); b <= ranges.get(i + 1); b++) {
            bits[b >> 6] |= 1L << b;
          }
        }
        return net.bytes(bits, then);
      }
      Integer known = classes.get(set);
      if (known == null) {
        known = Utf8Ranges.nodes(set, net);
        classes.put(set, known);
      }
      return net.call(known, then);
    }
  }
}
