package tayyar.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.engine.Jinja.Callable;
import tayyar.engine.Jinja.Expression;
import tayyar.engine.Jinja.Fault;
import tayyar.engine.Jinja.Jump;
import tayyar.engine.Jinja.Node;
import tayyar.engine.Jinja.Scope;
import tayyar.engine.JinjaLexer.Part;

/** Makes nodes of a template's parts: output, if, for, set, macro. */
final class JinjaParser {
  /** Holds the text of a filter's block; no template can write such a name. */
  private static final String FILTERED = " filtered";

  private final List<Part> parts;
  private int at;

  /** The statement that ended the last body, behind its keyword. */
  private JinjaExpressions ending = new JinjaExpressions(List.of(JinjaLexer.Token.END));

  JinjaParser(List<Part> parts) {
    this.parts = parts;
  }

  List<Node> template() {
    var nodes = new ArrayList<Node>();
    String end = body(nodes, Set.of());
    if (!end.isEmpty()) {
      throw new Fault("'" + end + "' stands alone");
    }
    return nodes;
  }

  /** Reads nodes up to one of the ends; returns which, empty at the template's end. */
  private String body(List<Node> nodes, Set<String> ends) {
    while (at < parts.size()) {
      switch (parts.get(at++)) {
        case Part.Text text -> nodes.add((scope, out) -> out.append(text.text()));
        case Part.Output output -> {
          Expression value = new JinjaExpressions(output.tokens()).whole();
          nodes.add((scope, out) -> out.append(JinjaValues.string(value.value(scope))));
        }
        case Part.Statement statement -> {
          var tokens = new JinjaExpressions(statement.tokens());
          String keyword = tokens.name();
          if (ends.contains(keyword)) {
            ending = tokens;
            return keyword;
          }
          nodes.add(statement(keyword, tokens));
        }
      }
    }
    if (!ends.isEmpty()) {
      throw new Fault("'" + String.join("' or '", ends) + "' is missing");
    }
    return "";
  }

  private Node statement(String keyword, JinjaExpressions tokens) {
    return switch (keyword) {
      case "if" -> conditional(tokens.whole());
      case "for" -> loop(tokens);
      case "set" -> set(tokens);
      case "macro" -> macro(tokens);
      case "filter" -> filtered(tokens);
      case "generation", "endgeneration" -> (scope, out) -> {};
      case "break" ->
          (scope, out) -> {
            throw new Jump(true);
          };
      case "continue" ->
          (scope, out) -> {
            throw new Jump(false);
          };
      default -> throw new Fault("'" + keyword + "' is not known here");
    };
  }

  private Node conditional(Expression condition) {
    var then = new ArrayList<Node>();
    var otherwise = new ArrayList<Node>();
    String end = body(then, Set.of("elif", "else", "endif"));
    if (end.equals("elif")) {
      otherwise.add(conditional(ending.whole()));
    } else if (end.equals("else")) {
      body(otherwise, Set.of("endif"));
    }
    return (scope, out) ->
        Jinja.renderAll(JinjaValues.truth(condition.value(scope)) ? then : otherwise, scope, out);
  }

  private Node loop(JinjaExpressions tokens) {
    List<String> names = tokens.namesUntil("in");
    Expression items = tokens.withoutCondition();
    Expression filter = tokens.take("if") ? tokens.whole() : null;
    var nodes = new ArrayList<Node>();
    var otherwise = new ArrayList<Node>();
    if (body(nodes, Set.of("else", "endfor")).equals("else")) {
      body(otherwise, Set.of("endfor"));
    }
    return (scope, out) -> {
      List<?> all = chosen(JinjaValues.items(items.value(scope)), names, filter, scope);
      for (int i = 0; i < all.size(); i++) {
        scope.budget.step(out);
        var inner = new Scope(scope);
        bind(inner, names, all.get(i));
        inner.set("loop", loopVariable(all, i));
        try {
          Jinja.renderAll(nodes, inner, out);
        } catch (Jump jump) {
          if (jump.out) {
            break;
          }
        }
      }
      if (all.isEmpty()) {
        Jinja.renderAll(otherwise, scope, out);
      }
    };
  }

  private static List<?> chosen(
      List<?> all, List<String> names, @Nullable Expression filter, Scope scope) {
    if (filter == null) {
      return all;
    }
    var some = new ArrayList<@Nullable Object>();
    for (Object item : all) {
      var inner = new Scope(scope);
      bind(inner, names, item);
      if (JinjaValues.truth(filter.value(inner))) {
        some.add(item);
      }
    }
    return some;
  }

  private static void bind(Scope scope, List<String> names, @Nullable Object item) {
    if (names.size() == 1) {
      scope.set(names.getFirst(), item);
      return;
    }
    List<?> values = JinjaValues.items(item);
    if (values.size() != names.size()) {
      throw new Fault("a loop over " + names + " meets something else");
    }
    for (int i = 0; i < names.size(); i++) {
      scope.set(names.get(i), values.get(i));
    }
  }

  private static Map<String, @Nullable Object> loopVariable(List<?> all, int i) {
    var loop = new HashMap<String, @Nullable Object>();
    loop.put("index", i + 1L);
    loop.put("index0", (long) i);
    loop.put("revindex", (long) all.size() - i);
    loop.put("revindex0", all.size() - i - 1L);
    loop.put("first", i == 0);
    loop.put("last", i == all.size() - 1);
    loop.put("length", (long) all.size());
    loop.put("previtem", i > 0 ? all.get(i - 1) : JinjaValues.UNDEFINED);
    loop.put("nextitem", i + 1 < all.size() ? all.get(i + 1) : JinjaValues.UNDEFINED);
    return loop;
  }

  private Node set(JinjaExpressions tokens) {
    String name = tokens.name();
    if (tokens.take(".")) {
      String member = tokens.name();
      tokens.expect("=");
      Expression value = tokens.whole();
      return (scope, out) -> JinjaValues.assign(scope.get(name), member, value.value(scope));
    }
    if (tokens.take("=")) {
      Expression value = tokens.whole();
      return (scope, out) -> scope.set(name, value.value(scope));
    }
    var nodes = new ArrayList<Node>();
    body(nodes, Set.of("endset"));
    return (scope, out) -> {
      var text = new StringBuilder();
      Jinja.renderAll(nodes, new Scope(scope), text);
      scope.set(name, text.toString());
    };
  }

  private Node filtered(JinjaExpressions tokens) {
    Expression result = tokens.filters(scope -> scope.get(FILTERED));
    var nodes = new ArrayList<Node>();
    body(nodes, Set.of("endfilter"));
    return (scope, out) -> {
      var text = new StringBuilder();
      var inner = new Scope(scope);
      Jinja.renderAll(nodes, inner, text);
      inner.set(FILTERED, text.toString());
      out.append(JinjaValues.string(result.value(inner)));
    };
  }

  private Node macro(JinjaExpressions tokens) {
    String name = tokens.name();
    List<String> names = new ArrayList<>();
    List<@Nullable Expression> usual = new ArrayList<>();
    tokens.parameters(names, usual);
    var nodes = new ArrayList<Node>();
    body(nodes, Set.of("endmacro"));
    return (scope, out) -> scope.set(name, macro(scope, names, usual, nodes));
  }

  private static Callable macro(
      Scope scope, List<String> names, List<@Nullable Expression> usual, List<Node> nodes) {
    return (arguments, named) -> {
      var inner = new Scope(scope);
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        Expression otherwise = usual.get(i);
        if (i < arguments.size()) {
          inner.set(name, arguments.get(i));
        } else if (named.containsKey(name)) {
          inner.set(name, named.get(name));
        } else {
          inner.set(name, otherwise == null ? JinjaValues.UNDEFINED : otherwise.value(scope));
        }
      }
      var text = new StringBuilder();
      scope.budget.enter();
      Jinja.renderAll(nodes, inner, text);
      scope.budget.leave();
      return text.toString();
    };
  }
}
