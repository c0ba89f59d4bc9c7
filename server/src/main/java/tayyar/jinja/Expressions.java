package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Token.Kind;

/**
 * Parses tokens into expressions: operators by their precedence, names, constants, lists, mappings.
 */
final class Expressions {
  private static final List<String> COMPARISONS = List.of("==", "!=", "<", ">", "<=", ">=");

  private final Cursor tokens;
  private final Postfix postfix;

  Expressions(Cursor tokens) {
    this.tokens = tokens;
    this.postfix = new Postfix(tokens, this);
  }

  Postfix postfix() {
    return postfix;
  }

  /** One expression. */
  Expression one() {
    int unknown = tokens.unknown.size();
    Expression value = or();
    while (tokens.take("if")) {
      Expression then = value;
      Expression condition = or();
      Expression otherwise = tokens.take("else") ? one() : null;
      value =
          scope ->
              Values.truth(condition.value(scope))
                  ? then.value(scope)
                  : otherwise == null
                      ? new Undefined("an 'if' without 'else' gave nothing")
                      : otherwise.value(scope);
      tokens.forgetUnknown(unknown);
    }
    return value;
  }

  /** One expression, or several with commas between them as a tuple. */
  Expression several(boolean conditional, String... ends) {
    var all = new ArrayList<Expression>();
    boolean tuple = false;
    while (!endsTuple(ends)) {
      all.add(conditional ? one() : or());
      if (!tokens.take(",")) {
        break;
      }
      tuple = true;
    }
    if (all.isEmpty()) {
      throw tokens.unexpected("an expression");
    }
    return tuple ? scope -> Seq.tuple(values(all, scope)) : all.getFirst();
  }

  private boolean endsTuple(String... ends) {
    Kind kind = tokens.peek().kind();
    return kind == Kind.OUTPUT_END
        || kind == Kind.BLOCK_END
        || tokens.at(")")
        || List.of(ends).stream().anyMatch(tokens::at);
  }

  static List<@Nullable Object> values(List<Expression> all, Scope scope) {
    var values = new ArrayList<@Nullable Object>();
    all.forEach(one -> values.add(one.value(scope)));
    return values;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.take("or")) {
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
    while (tokens.take("and")) {
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
    if (tokens.take("not")) {
      Expression value = not();
      return scope -> !Values.truth(value.value(scope));
    }
    return comparison();
  }

  /** {@code a < b < c} holds if both parts do. */
  private Expression comparison() {
    Expression first = sum();
    var signs = new ArrayList<String>();
    var others = new ArrayList<Expression>();
    while (true) {
      if (tokens.takeBoth("not", "in")) {
        signs.add("not in");
      } else if (tokens.at("in")
          || (tokens.at(Kind.SIGN) && COMPARISONS.contains(tokens.peek().text()))) {
        signs.add(tokens.next().text());
      } else {
        break;
      }
      others.add(sum());
    }
    return signs.isEmpty() ? first : scope -> holds(first, signs, others, scope);
  }

  private static boolean holds(
      Expression first, List<String> signs, List<Expression> others, Scope scope) {
    Object left = first.value(scope);
    for (int i = 0; i < signs.size(); i++) {
      Object right = others.get(i).value(scope);
      if (!Comparison.holds(signs.get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Expression sum() {
    Expression left = joined();
    while (tokens.at("+") || tokens.at("-")) {
      String sign = tokens.next().text();
      Expression a = left;
      Expression b = joined();
      left = scope -> Arithmetic.of(sign, a.value(scope), b.value(scope));
    }
    return left;
  }

  private Expression joined() {
    Expression first = product();
    if (!tokens.at("~")) {
      return first;
    }
    var all = new ArrayList<>(List.of(first));
    while (tokens.take("~")) {
      all.add(product());
    }
    return scope -> {
      var out = new TextBuilder();
      all.forEach(one -> out.append(Shown.text(one.value(scope))));
      return out.build();
    };
  }

  private Expression product() {
    Expression left = power();
    while (tokens.at("*") || tokens.at("/") || tokens.at("//") || tokens.at("%")) {
      String sign = tokens.next().text();
      Expression a = left;
      Expression b = power();
      left = scope -> Arithmetic.of(sign, a.value(scope), b.value(scope));
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.take("**")) {
      Expression a = left;
      Expression b = unary(true);
      left = scope -> Arithmetic.of("**", a.value(scope), b.value(scope));
    }
    return left;
  }

  /** A sign binds closer than a filter, and looser than a call or a member. */
  private Expression unary(boolean withFilter) {
    Expression value;
    if (tokens.at("-") || tokens.at("+")) {
      String sign = tokens.next().text();
      Expression of = unary(false);
      value = scope -> Arithmetic.signed(sign, of.value(scope));
    } else {
      value = primary();
    }
    value = postfix.members(value);
    return withFilter ? postfix.filters(value) : value;
  }

  /** A name, a constant, or something in brackets. */
  Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case STRING -> string(token.text());
      case INTEGER -> constant(Numbers.integer(token));
      case FLOAT -> constant(Double.valueOf(token.text().replace("_", "")));
      case NAME -> named(token.text());
      case SIGN -> bracketed(token);
      case DATA, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, END ->
          throw new Fault("'" + token.shown() + "' was not expected", token.line());
    };
  }

  /** Joins strings that stand beside each other. */
  private Expression string(String first) {
    var text = new StringBuilder(first);
    while (tokens.at(Kind.STRING)) {
      text.append(tokens.next().text());
    }
    return constant(Text.of(text.toString()));
  }

  private static Expression constant(Object value) {
    return scope -> value;
  }

  private Expression named(String name) {
    return switch (name) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> scope -> null;
      default -> {
        tokens.read(name);
        yield scope -> scope.get(name);
      }
    };
  }

  private Expression bracketed(Token token) {
    return switch (token.text()) {
      case "(" -> parenthesised();
      case "[" -> list();
      case "{" -> mapping();
      default -> throw new Fault("'" + token.text() + "' was not expected", token.line());
    };
  }

  private Expression parenthesised() {
    if (tokens.take(")")) {
      return scope -> Seq.tuple();
    }
    Expression inside = several(true);
    tokens.expect(")");
    return inside;
  }

  private Expression list() {
    var items = new ArrayList<Expression>();
    while (!tokens.take("]")) {
      items.add(one());
      if (!tokens.at("]")) {
        tokens.expect(",");
      }
    }
    return scope -> Seq.list(values(items, scope));
  }

  private Expression mapping() {
    var keys = new ArrayList<Expression>();
    var values = new ArrayList<Expression>();
    while (!tokens.take("}")) {
      keys.add(one());
      tokens.expect(":");
      values.add(one());
      if (!tokens.at("}")) {
        tokens.expect(",");
      }
    }
    return scope -> {
      var all = new Dict();
      for (int i = 0; i < keys.size(); i++) {
        all.put(keys.get(i).value(scope), values.get(i).value(scope));
      }
      return all;
    };
  }
}
