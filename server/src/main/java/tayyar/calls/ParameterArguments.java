package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tayyar.grammar.CallShape;
import tayyar.grammar.CallShape.Around;
import tayyar.grammar.CallShape.Parameters;
import tayyar.grammar.Json;

/** Arguments that are written one parameter after the other; they become one JSON object. */
final class ParameterArguments implements Arguments {
  private enum At {
    /** Before another parameter, another call or the end. */
    FORK,
    NAME,
    BEFORE_VALUE,
    TEXT,
    JSON,
    BEHIND_VALUE
  }

  /** What may follow, and where it leads. */
  private record Way(Literal text, Step to) {}

  private final CallShape shape;
  private final Parameters parameters;
  private final Predicate<String> isText;
  private final ByteArrayOutputStream name = new ByteArrayOutputStream();
  private List<Way> ways = new ArrayList<>();
  private At at = At.FORK;
  private Around around;
  private Literal literal = new Literal("");
  private JsonValue json = new JsonValue();
  private RawText raw = new RawText("", "");
  private boolean inText;
  private boolean any;
  private boolean closed;

  /**
   * Behind a call's name.
   *
   * @param isText whether a parameter is a string
   */
  ParameterArguments(CallShape shape, Parameters parameters, Predicate<String> isText) {
    this.shape = shape;
    this.parameters = parameters;
    this.isText = isText;
    around = parameters.text();
    fork(parameters.open(), parameters.none());
  }

  private void fork(String parameter, String end) {
    at = At.FORK;
    ways = new ArrayList<>();
    ways.add(new Way(new Literal(parameter), Step.ON));
    String again = shape.again();
    if (again != null) {
      ways.add(new Way(new Literal(end + again), Step.NEXT));
    }
    ways.add(new Way(new Literal(end + shape.after()), Step.OVER));
  }

  @Override
  public Step take(byte b, ByteArrayOutputStream out) {
    switch (at) {
      case FORK -> {
        return choose(b, out);
      }
      case NAME -> name(b, out);
      case BEFORE_VALUE -> beforeValue(b);
      case TEXT -> {
        if (raw.take(b, out)) {
          out.write('"');
          fork(parameters.next(), "");
        }
      }
      case JSON -> {
        return json(b, out);
      }
      case BEHIND_VALUE -> {
        literal.take(b);
        if (literal.isOver()) {
          fork(parameters.next(), "");
        }
      }
    }
    return Step.ON;
  }

  private Step json(byte b, ByteArrayOutputStream out) {
    boolean taken = json.take(b);
    if (taken) {
      out.write(b);
    }
    if (json.isOver()) {
      behindValue();
      return taken ? Step.ON : take(b, out);
    }
    return Step.ON;
  }

  private void behindValue() {
    literal = new Literal(around.after());
    at = At.BEHIND_VALUE;
    if (literal.isOver()) {
      fork(parameters.next(), "");
    }
  }

  private Step choose(byte b, ByteArrayOutputStream out) {
    boolean named = ways.stream().anyMatch(way -> way.to() == Step.ON && way.text().isOver());
    ways.removeIf(way -> !way.text().take(b));
    if (named && ways.isEmpty()) {
      at = At.NAME;
      name(b, out);
      return Step.ON;
    }
    for (Way way : List.copyOf(ways)) {
      if (way.text().isOver()) {
        if (way.to() == Step.ON) {
          // Where a call may end here as well, the next byte tells.
          at = ways.size() == 1 ? At.NAME : At.FORK;
          continue;
        }
        close(out);
        if (way.to() == Step.NEXT || ways.size() == 1) {
          return way.to();
        }
      }
    }
    return ways.isEmpty() ? Step.OVER : Step.ON;
  }

  private void close(ByteArrayOutputStream out) {
    if (!closed) {
      out.writeBytes((any ? "}" : "{}").getBytes(UTF_8));
      closed = true;
    }
  }

  private void name(byte b, ByteArrayOutputStream out) {
    if ((char) (b & 255) != parameters.text().before().strip().charAt(0)) {
      name.write(b);
      return;
    }
    String key = name.toString(UTF_8).strip();
    name.reset();
    inText = isText.test(key);
    around = inText ? parameters.text() : parameters.other();
    out.writeBytes(((any ? ", " : "{") + Json.quoted(key) + ": ").getBytes(UTF_8));
    if (inText) {
      out.write('"');
    }
    any = true;
    literal = new Literal(around.before());
    at = At.BEFORE_VALUE;
    beforeValue(b);
  }

  private void beforeValue(byte b) {
    literal.take(b);
    if (literal.isOver()) {
      json = new JsonValue();
      raw = new RawText(around.before(), around.after());
      at = inText ? At.TEXT : At.JSON;
    }
  }
}
