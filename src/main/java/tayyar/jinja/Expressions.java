package tayyar.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Lexer.Kind;
import tayyar.jinja.Lexer.Token;
import tayyar.jinja.Template.Callable;
import tayyar.jinja.Template.Expression;
import tayyar.jinja.Template.Fault;
import tayyar.jinja.Template.Scope;

/** Makes expressions of the tokens of one statement or output. */
final class Expressions extends Cursor {

  Expressions(List<Token> tokens) {
    super(tokens);
  }

  /** The rest, which must be one expression. */
  Expression whole() {
    Expression value = conditional();
    if (peek().kind() != Kind.END) {
      throw new Fault("'" + peek().text() + "' was not expected");
    }
    return value;
  }

  /** An expression that an {@code if} may follow without being part of it. */
  Expression withoutCondition() {
    return or();
  }

  /** Filters as they follow the keyword of a filter's block, applied to a value. */
  Expression filters(Expression start) {
    Expression value = filter(start);
    while (take("|")) {
      value = filter(value);
    }
    return value;
  }

  /** A macro's parameters with what they usually are. */
  void parameters(List<String> names, List<@Nullable Expression> usual) {
    expect("(");
    while (!take(")")) {
      names.add(name());
      usual.add(take("=") ? conditional() : null);
      take(",");
    }
  }

  private Expression conditional() {
    Expression value = or();
    if (!take("if")) {
      return value;
    }
    Expression condition = or();
    Expression otherwise = take("else") ? conditional() : scope -> Values.UNDEFINED;
    return scope ->
        Values.truth(condition.value(scope)) ? value.value(scope) : otherwise.value(scope);
  }

  private Expression or() {
    Expression left = and();
    while (take("or")) {
      Expression a = left;
      Expression b = and();
      left =
          scope -> {
            Object value = a.value(scope);
            return Values.truth(value) ? value : b.value(scope);
          };
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (take("and")) {
      Expression a = left;
      Expression b = not();
      left =
          scope -> {
            Object value = a.value(scope);
            return Values.truth(value) ? b.value(scope) : value;
          };
    }
    return left;
  }

  private Expression not() {
    if (take("not")) {
      Expression value = not();
      return scope -> !Values.truth(value.value(scope));
    }
    return comparison();
  }

  private Expression comparison() {
    Expression left = sum();
    while (true) {
      String sign = peek().text();
      if (takeBoth("not", "in")) {
        left = contains(left, sum(), false);
      } else if (take("in")) {
        left = contains(left, sum(), true);
      } else if (peek().kind() == Kind.SIGN
          && List.of("==", "!=", "<", ">", "<=", ">=").contains(sign)) {
        next();
        Expression a = left;
        Expression b = sum();
        left = scope -> Values.compare(sign, a.value(scope), b.value(scope));
      } else {
        return left;
      }
    }
  }

  private static Expression contains(Expression item, Expression all, boolean wanted) {
    return scope -> Values.contains(all.value(scope), item.value(scope)) == wanted;
  }

  private Expression sum() {
    Expression left = product();
    while (peek().is("+") || peek().is("-") || peek().is("~")) {
      String sign = next().text();
      Expression a = left;
      Expression b = product();
      left = scope -> Values.arithmetic(sign, a.value(scope), b.value(scope));
    }
    return left;
  }

  private Expression product() {
    Expression left = unary();
    while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
      String sign = next().text();
      Expression a = left;
      Expression b = unary();
      left = scope -> Values.arithmetic(sign, a.value(scope), b.value(scope));
    }
    return left;
  }

  private Expression unary() {
    return filtered(signed());
  }

  /** A sign binds closer than a filter. */
  private Expression signed() {
    if (take("-")) {
      Expression value = signed();
      return scope -> Values.arithmetic("-", 0L, value.value(scope));
    }
    return postfix(primary());
  }

  private Expression filtered(Expression start) {
    Expression value = start;
    while (true) {
      if (take("|")) {
        value = filter(value);
      } else if (take("is")) {
        value = test(value);
      } else {
        return value;
      }
    }
  }

  private Expression filter(Expression input) {
    String name = name();
    var arguments = new Arguments();
    if (take("(")) {
      arguments.read();
    }
    Expression result =
        scope ->
            Filters.filter(name, input.value(scope), arguments.list(scope), arguments.named(scope));
    return postfix(result);
  }

  private Expression test(Expression input) {
    boolean wanted = !take("not");
    String name = name();
    var arguments = new Arguments();
    if (take("(")) {
      arguments.read();
    } else if (startsValue()) {
      arguments.plain.add(postfix(primary()));
    }
    return scope -> Filters.test(name, input.value(scope), arguments.list(scope)) == wanted;
  }

  private boolean startsValue() {
    Token token = peek();
    boolean keyword = List.of("and", "or", "not", "if", "else", "in", "is").contains(token.text());
    return token.kind() == Kind.STRING
        || token.kind() == Kind.NUMBER
        || (token.kind() == Kind.NAME && !keyword);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Expression of = value;
      if (take(".")) {
        value = member(of, next().text());
      } else if (take("[")) {
        value = subscript(of);
      } else if (take("(")) {
        value = call(of);
      } else {
        return value;
      }
    }
  }

  private Expression member(Expression of, String name) {
    if (!take("(")) {
      return scope -> Values.member(of.value(scope), name);
    }
    var arguments = new Arguments();
    arguments.read();
    return scope -> {
      Object value = of.value(scope);
      return value instanceof Map<?, ?> map && map.get(name) instanceof Callable callable
          ? callable.call(arguments.list(scope), arguments.named(scope))
          : Filters.method(name, value, arguments.list(scope));
    };
  }

  private Expression call(Expression of) {
    var arguments = new Arguments();
    arguments.read();
    return scope -> {
      if (of.value(scope) instanceof Callable callable) {
        return callable.call(arguments.list(scope), arguments.named(scope));
      }
      throw new Fault("something is called that is no function");
    };
  }

  private Expression subscript(Expression of) {
    Expression from = peek().is(":") ? null : conditional();
    if (take("]")) {
      Expression index = from;
      return scope -> Values.subscript(of.value(scope), index == null ? null : index.value(scope));
    }
    expect(":");
    Expression to = peek().is(":") || peek().is("]") ? null : conditional();
    Expression step = take(":") && !peek().is("]") ? conditional() : null;
    expect("]");
    return scope ->
        Values.slice(of.value(scope), value(from, scope), value(to, scope), value(step, scope));
  }

  private static @Nullable Object value(@Nullable Expression expression, Scope scope) {
    return expression == null ? null : expression.value(scope);
  }

  private Expression primary() {
    Token token = next();
    return switch (token.kind()) {
      case STRING -> string(token.text());
      case NUMBER -> constant(Values.number(token.text()));
      case NAME -> named(token.text());
      case SIGN -> bracketed(token.text());
      case END -> throw new Fault("an expression ends too early");
    };
  }

  /** Strings beside each other are one. */
  private Expression string(String first) {
    var text = new StringBuilder(first);
    while (peek().kind() == Kind.STRING) {
      text.append(next().text());
    }
    String all = text.toString();
    return scope -> all;
  }

  private static Expression constant(Object value) {
    return scope -> value;
  }

  private static Expression named(String name) {
    return switch (name) {
      case "true", "True" -> scope -> true;
      case "false", "False" -> scope -> false;
      case "none", "None", "null" -> scope -> null;
      default -> scope -> scope.get(name);
    };
  }

  private Expression bracketed(String sign) {
    return switch (sign) {
      case "(" -> parenthesised();
      case "[" -> list("]");
      case "{" -> mapping();
      default -> throw new Fault("'" + sign + "' was not expected");
    };
  }

  private Expression parenthesised() {
    Expression first = conditional();
    if (take(")")) {
      return first;
    }
    expect(",");
    Expression rest = list(")");
    return scope -> {
      var all = new ArrayList<@Nullable Object>();
      all.add(first.value(scope));
      all.addAll(Values.items(rest.value(scope)));
      return all;
    };
  }

  private Expression list(String end) {
    var items = new ArrayList<Expression>();
    while (!take(end)) {
      items.add(conditional());
      if (!peek().is(end)) {
        expect(",");
      }
    }
    return scope -> {
      var all = new ArrayList<@Nullable Object>();
      items.forEach(item -> all.add(item.value(scope)));
      return all;
    };
  }

  private Expression mapping() {
    var keys = new ArrayList<Expression>();
    var values = new ArrayList<Expression>();
    while (!take("}")) {
      keys.add(conditional());
      expect(":");
      values.add(conditional());
      if (!peek().is("}")) {
        expect(",");
      }
    }
    return scope -> {
      var all = new LinkedHashMap<String, @Nullable Object>();
      for (int i = 0; i < keys.size(); i++) {
        all.put(Values.string(keys.get(i).value(scope)), values.get(i).value(scope));
      }
      return all;
    };
  }

  /** What a call is given, behind its opening bracket. */
  private final class Arguments {
    final List<Expression> plain = new ArrayList<>();
    final Map<String, Expression> byName = new LinkedHashMap<>();

    void read() {
      while (!take(")")) {
        boolean named = peek().kind() == Kind.NAME && second().is("=");
        if (named) {
          String name = name();
          expect("=");
          byName.put(name, conditional());
        } else {
          plain.add(conditional());
        }
        if (!peek().is(")")) {
          expect(",");
        }
      }
    }

    List<@Nullable Object> list(Scope scope) {
      var values = new ArrayList<@Nullable Object>();
      plain.forEach(argument -> values.add(argument.value(scope)));
      return values;
    }

    Map<String, @Nullable Object> named(Scope scope) {
      var values = new HashMap<String, @Nullable Object>();
      byName.forEach((name, argument) -> values.put(name, argument.value(scope)));
      return values;
    }
  }
}
