package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Token.Kind;

/** Parses a template's tokens into nodes. */
final class Statements {
  private final Cursor tokens;
  private final Expressions expressions;

  /** Number of loops around the current place, within the innermost macro. */
  private int loops;

  private Statements(Cursor tokens) {
    this.tokens = tokens;
    this.expressions = new Expressions(tokens);
  }

  /**
   * The nodes of a whole template.
   *
   * @throws Fault if it can't be read
   */
  static List<Node> template(String source) {
    var cursor = new Cursor(Lexer.tokens(source));
    List<Node> nodes = new Statements(cursor).body();
    if (!cursor.unknown.isEmpty()) {
      throw cursor.unknown.getFirst();
    }
    return nodes;
  }

  /** Reads nodes up to one of the keywords, which stays; or up to the template's end. */
  private List<Node> body(String... ends) {
    var nodes = new ArrayList<Node>();
    int line = tokens.peek().line();
    while (!tokens.at(Kind.END)) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> {
          Text text = Text.of(token.text());
          nodes.add(new Node(token.line(), (scope, out) -> out.append(text)));
        }
        case OUTPUT_BEGIN -> {
          nodes.add(output(token.line(), expressions.several(true)));
          tokens.expect(Kind.OUTPUT_END);
        }
        default -> {
          if (List.of(ends).stream().anyMatch(tokens::at)) {
            return nodes;
          }
          nodes.add(statement());
          tokens.expect(Kind.BLOCK_END);
        }
      }
    }
    if (ends.length > 0) {
      throw new Fault("'" + String.join("' or '", ends) + "' is missing", line);
    }
    return nodes;
  }

  /** The body of a statement: behind its end bracket, up to one of the keywords. */
  private List<Node> inside(String... ends) {
    tokens.take(":");
    tokens.expect(Kind.BLOCK_END);
    return body(ends);
  }

  private static Node output(int line, Expression value) {
    return new Node(line, (scope, out) -> out.append(Shown.text(value.value(scope))));
  }

  private Node statement() {
    Token token = tokens.expect(Kind.NAME);
    int line = token.line();
    return switch (token.text()) {
      case "if" -> conditional(line);
      case "for" -> loop(line);
      case "set" -> set(line);
      case "macro" -> macro(line);
      case "call" -> callBlock(line);
      case "filter" -> filtered(line);
      case "with" -> with(line);
      case "generation" -> generation(line);
      case "print" -> print(line);
      case "break" -> jump(line, new Jump(true));
      case "continue" -> jump(line, new Jump(false));
      default -> throw new Fault("'" + token.text() + "' is not known here", line);
    };
  }

  private Node print(int line) {
    var all = new ArrayList<Node>();
    do {
      all.add(output(line, expressions.one()));
    } while (tokens.take(","));
    return new Node(line, (scope, out) -> Node.renderAll(all, scope, out));
  }

  private Node jump(int line, Jump jump) {
    if (loops == 0) {
      throw new Fault("a loop is left where there is none", line);
    }
    return new Node(
        line,
        (scope, out) -> {
          throw jump;
        });
  }

  private Node conditional(int line) {
    int unknown = tokens.unknown.size();
    Expression condition = expressions.several(false);
    List<Node> then = inside("elif", "else", "endif");
    int next = tokens.peek().line();
    List<Node> otherwise =
        switch (tokens.next().text()) {
          case "elif" -> List.of(conditional(next));
          case "else" -> last("endif");
          default -> List.of();
        };
    tokens.forgetUnknown(unknown);
    return new Node(
        line,
        (scope, out) ->
            Node.renderAll(Values.truth(condition.value(scope)) ? then : otherwise, scope, out));
  }

  /** A statement's last body, with the keyword behind it. */
  private List<Node> last(String end) {
    List<Node> nodes = inside(end);
    tokens.expect(end);
    return nodes;
  }

  private Node loop(int line) {
    Target target = Target.read(tokens, false, "in");
    tokens.expect("in");
    Expression items = expressions.several(false, "recursive");
    Expression filter = tokens.take("if") ? expressions.one() : null;
    boolean recursive = tokens.take("recursive");
    loops++;
    List<Node> nodes = inside("else", "endfor");
    loops--;
    List<Node> otherwise = tokens.next().is("else") ? last("endfor") : List.of();
    var loop = new Loop.Parts(target, filter, nodes, otherwise, recursive);
    return new Node(
        line, (scope, out) -> Loop.run(loop, Values.items(items.value(scope)), scope, out, 0));
  }

  private Node set(int line) {
    Target target = Target.read(tokens, true);
    if (tokens.take("=")) {
      Expression value = expressions.several(true);
      return new Node(line, (scope, out) -> target.assign(scope, value.value(scope)));
    }
    var text = new Slot();
    Expression result = expressions.postfix().onlyFilters(text);
    List<Node> nodes = last("endset");
    return new Node(
        line,
        (scope, out) ->
            target.assign(scope, text.filled(scope, Node.text(nodes, new Scope(scope)), result)));
  }

  private Node filtered(int line) {
    var text = new Slot();
    Expression first = expressions.postfix().filter(text);
    Expression result = expressions.postfix().onlyFilters(first);
    List<Node> nodes = last("endfilter");
    return new Node(
        line,
        (scope, out) ->
            out.append(Shown.text(text.filled(scope, Node.text(nodes, new Scope(scope)), result))));
  }

  /** The name under which a filter finds the text of its block; no template can write it. */
  private static final class Slot implements Expression {
    private static final String NAME = " block";

    @Override
    public @Nullable Object value(Scope scope) {
      return scope.get(NAME);
    }

    @Nullable Object filled(Scope scope, Text text, Expression result) {
      var inner = new Scope(scope);
      inner.set(NAME, text);
      return result.value(inner);
    }
  }

  private Node with(int line) {
    var targets = new ArrayList<Target>();
    var values = new ArrayList<Expression>();
    while (!tokens.at(Kind.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expect(",");
      }
      targets.add(Target.read(tokens, false));
      tokens.expect("=");
      values.add(expressions.one());
    }
    List<Node> nodes = last("endwith");
    return new Node(
        line,
        (scope, out) -> {
          var inner = new Scope(scope);
          for (int i = 0; i < targets.size(); i++) {
            targets.get(i).assign(inner, values.get(i).value(scope));
          }
          Node.renderAll(nodes, inner, out);
        });
  }

  /** Renders the body of a block that marks training data. */
  private Node generation(int line) {
    List<Node> nodes = last("endgeneration");
    return new Node(line, (scope, out) -> Node.renderAll(nodes, new Scope(scope), out));
  }

  private Node macro(int line) {
    String name = tokens.name();
    List<String> names = new ArrayList<>();
    List<@Nullable Expression> usual = new ArrayList<>();
    parameters(names, usual);
    Macro.Parts parts = macroParts(name, names, usual, "endmacro");
    return new Node(line, (scope, out) -> scope.set(name, new Macro(parts, scope)));
  }

  private Node callBlock(int line) {
    List<String> names = new ArrayList<>();
    List<@Nullable Expression> usual = new ArrayList<>();
    if (tokens.at("(")) {
      parameters(names, usual);
    }
    if (!(expressions.one() instanceof Postfix.Call call)) {
      throw new Fault("a 'call' block has no call", line);
    }
    Macro.Parts parts = macroParts("caller", names, usual, "endcall");
    return new Node(
        line,
        (scope, out) -> {
          Arguments given = call.given().in(scope).and("caller", new Macro(parts, scope));
          out.append(Shown.text(Values.call(call.of().value(scope), given)));
        });
  }

  private Macro.Parts macroParts(
      String name, List<String> names, List<@Nullable Expression> usual, String end) {
    int around = loops;
    loops = 0;
    tokens.gather();
    List<Node> nodes = last(end);
    Set<String> reads = tokens.gathered();
    loops = around;
    return new Macro.Parts(
        name,
        names,
        usual,
        nodes,
        reads.contains("caller") && !names.contains("caller"),
        reads.contains("varargs") && !names.contains("varargs"),
        reads.contains("kwargs") && !names.contains("kwargs"));
  }

  private void parameters(List<String> names, List<@Nullable Expression> usual) {
    tokens.expect("(");
    boolean optional = false;
    while (!tokens.take(")")) {
      if (!names.isEmpty()) {
        tokens.expect(",");
      }
      names.add(tokens.name());
      boolean has = tokens.take("=");
      if (optional && !has) {
        throw tokens.fault("a parameter that must be given stands behind one that need not");
      }
      optional = has;
      usual.add(has ? expressions.one() : null);
    }
  }
}
