package tayyar.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Lexer.Part;
import tayyar.jinja.Template.Callable;
import tayyar.jinja.Template.Expression;
import tayyar.jinja.Template.Fault;
import tayyar.jinja.Template.Jump;
import tayyar.jinja.Template.Node;
import tayyar.jinja.Template.Scope;

/** Makes nodes of a template's parts: output, if, for, set, macro. */
final class Parser {
  /** Holds the text of a filter's block; no template can write such a name. */
  private static final String FILTERED = " filtered";

  private final List<Part> parts;
  private int at;

  /** The statement that ended the last body, behind its keyword. */
  private Expressions ending = new Expressions(List.of(Lexer.Token.END));

  Parser(List<Part> parts) {
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
          Expression value = new Expressions(output.tokens()).whole();
          nodes.add((scope, out) -> out.append(Values.string(value.value(scope))));
        }
        case Part.Statement statement -> {
          var tokens = new Expressions(statement.tokens());
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

  private Node statement(String keyword, Expressions tokens) {
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
        Template.renderAll(Values.truth(condition.value(scope)) ? then : otherwise, scope, out);
  }

  private Node loop(Expressions tokens) {
    List<String> names = tokens.namesUntil("in");
    Expression items = tokens.withoutCondition();
    Expression filter = tokens.take("if") ? tokens.whole() : null;
    var nodes = new ArrayList<Node>();
    var otherwise = new ArrayList<Node>();
    if (body(nodes, Set.of("else", "endfor")).equals("else")) {
      body(otherwise, Set.of("endfor"));
    }
    return (scope, out) -> {
      List<?> all = chosen(Values.items(items.value(scope)), names, filter, scope);
      for (int i = 0; i < all.size(); i++) {
        scope.budget.step(out);
        var inner = new Scope(scope);
        bind(inner, names, all.get(i));
        inner.set("loop", loopVariable(all, i));
        try {
          Template.renderAll(nodes, inner, out);
        } catch (Jump jump) {
          if (jump.out) {
            break;
          }
        }
      }
      if (all.isEmpty()) {
        Template.renderAll(otherwise, scope, out);
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
      if (Values.truth(filter.value(inner))) {
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
    List<?> values = Values.items(item);
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
    loop.put("previtem", i > 0 ? all.get(i - 1) : Values.UNDEFINED);
    loop.put("nextitem", i + 1 < all.size() ? all.get(i + 1) : Values.UNDEFINED);
    return loop;
  }

  private Node set(Expressions tokens) {
    String name = tokens.name();
    if (tokens.take(".")) {
      String member = tokens.name();
      tokens.expect("=");
      Expression value = tokens.whole();
      return (scope, out) -> Values.assign(scope.get(name), member, value.value(scope));
    }
    if (tokens.take("=")) {
      Expression value = tokens.whole();
      return (scope, out) -> scope.set(name, value.value(scope));
    }
    var nodes = new ArrayList<Node>();
    body(nodes, Set.of("endset"));
    return (scope, out) -> {
      var text = new StringBuilder();
      Template.renderAll(nodes, new Scope(scope), text);
      scope.set(name, text.toString());
    };
  }

  private Node filtered(Expressions tokens) {
    Expression result = tokens.filters(scope -> scope.get(FILTERED));
    var nodes = new ArrayList<Node>();
    body(nodes, Set.of("endfilter"));
    return (scope, out) -> {
      var text = new StringBuilder();
      var inner = new Scope(scope);
      Template.renderAll(nodes, inner, text);
      inner.set(FILTERED, text.toString());
      out.append(Values.string(result.value(inner)));
    };
  }

  private Node macro(Expressions tokens) {
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
          inner.set(name, otherwise == null ? Values.UNDEFINED : otherwise.value(scope));
        }
      }
      var text = new StringBuilder();
      scope.budget.enter();
      Template.renderAll(nodes, inner, text);
      scope.budget.leave();
      return text.toString();
    };
  }
}
