package tayyar.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Token.Kind;

/** Parses everything that may follow a value: members, subscripts, calls, filters, tests. */
final class Postfix {
  private final Cursor tokens;
  private final Expressions expressions;

  Postfix(Cursor tokens, Expressions expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** A call, whose parts a {@code call} block needs. */
  record Call(Expression of, Given given) implements Expression {
    @Override
    public @Nullable Object value(Scope scope) {
      return Values.call(of.value(scope), given.in(scope));
    }
  }

  Expression members(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.take(".")) {
        value = member(value);
      } else if (tokens.take("[")) {
        value = subscript(value);
      } else if (tokens.at("(")) {
        value = new Call(value, given());
      } else {
        return value;
      }
    }
  }

  Expression filters(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.take("|")) {
        value = filter(value);
      } else if (tokens.take("is")) {
        value = test(value);
      } else if (tokens.at("(")) {
        value = new Call(value, given());
      } else {
        return value;
      }
    }
  }

  /** Filters as they follow each other, applied to a value. */
  Expression onlyFilters(Expression start) {
    Expression value = start;
    while (tokens.take("|")) {
      value = filter(value);
    }
    return value;
  }

  private Expression member(Expression of) {
    if (tokens.at(Kind.INTEGER)) {
      Long index = Numbers.integer(tokens.next());
      return scope -> Subscripts.item(of.value(scope), index);
    }
    Text name = Text.of(tokens.name());
    return scope -> Subscripts.member(of.value(scope), name);
  }

  private Expression subscript(Expression of) {
    var indexes = new ArrayList<Expression>();
    Expression slice = null;
    do {
      Expression from = tokens.at(":") ? null : expressions.one();
      if (tokens.take(":")) {
        slice = slice(of, from);
      } else if (from != null) {
        indexes.add(from);
      }
    } while (tokens.take(",") && !tokens.at("]"));
    tokens.expect("]");
    if (slice != null && indexes.isEmpty()) {
      return slice;
    }
    if (slice != null) {
      throw tokens.fault("a slice stands beside another index");
    }
    Expression only = indexes.getFirst();
    return indexes.size() == 1
        ? scope -> Subscripts.item(of.value(scope), only.value(scope))
        : scope -> Subscripts.item(of.value(scope), Seq.tuple(Expressions.values(indexes, scope)));
  }

  private Expression slice(Expression of, @Nullable Expression from) {
    Expression to = atSlicesEnd() || tokens.at(":") ? null : expressions.one();
    Expression step = tokens.take(":") && !atSlicesEnd() ? expressions.one() : null;
    return scope ->
        Subscripts.slice(of.value(scope), value(from, scope), value(to, scope), value(step, scope));
  }

  private boolean atSlicesEnd() {
    return tokens.at("]") || tokens.at(",");
  }

  private static @Nullable Object value(@Nullable Expression expression, Scope scope) {
    return expression == null ? null : expression.value(scope);
  }

  /** A filter's name and arguments, applied to a value. */
  Expression filter(Expression input) {
    int line = tokens.peek().line();
    String name = tokens.name();
    Given given = tokens.at("(") ? given() : Given.NOTHING;
    Filter filter = Filters.find(name);
    if (filter == null) {
      Fault fault = new Fault("the filter '" + name + "' is not known here", line);
      tokens.unknown.add(fault);
      return scope -> {
        throw fault;
      };
    }
    return scope -> filter.apply(input.value(scope), given.in(scope));
  }

  private Expression test(Expression input) {
    boolean wanted = !tokens.take("not");
    int line = tokens.peek().line();
    String name = tokens.name();
    Given given = testGiven();
    Tests.Test test = Tests.find(name);
    if (test == null) {
      Fault fault = new Fault("the test '" + name + "' is not known here", line);
      tokens.unknown.add(fault);
      return scope -> {
        throw fault;
      };
    }
    return scope -> test.holds(input.value(scope), given.in(scope)) == wanted;
  }

  /** A test's arguments: in brackets, or one value without them. */
  private Given testGiven() {
    if (tokens.at("(")) {
      return given();
    }
    Token token = tokens.peek();
    boolean keyword = List.of("else", "or", "and").contains(token.text());
    boolean value =
        switch (token.kind()) {
          case NAME -> !keyword;
          case STRING, INTEGER, FLOAT -> true;
          case SIGN -> token.is("[") || token.is("{");
          case DATA, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    if (!value) {
      return Given.NOTHING;
    }
    if (token.is("is")) {
      throw tokens.fault("tests can't be chained");
    }
    return new Given(List.of(members(expressions.primary())), Map.of(), null, null);
  }

  /** A call's arguments, in brackets. */
  private Given given() {
    tokens.expect("(");
    var plain = new ArrayList<Expression>();
    var named = new LinkedHashMap<String, Expression>();
    Expression more = null;
    Expression moreNamed = null;
    while (!tokens.take(")")) {
      if (moreNamed != null) {
        throw tokens.fault("something stands behind '**'");
      }
      if (tokens.take("*")) {
        more = expressions.one();
      } else if (tokens.take("**")) {
        moreNamed = expressions.one();
      } else if (tokens.at(Kind.NAME) && tokens.second().is("=")) {
        String name = tokens.name();
        tokens.expect("=");
        named.put(name, expressions.one());
      } else if (more != null || !named.isEmpty()) {
        throw tokens.fault("an argument without a name stands behind others");
      } else {
        plain.add(expressions.one());
      }
      if (!tokens.at(")")) {
        tokens.expect(",");
      }
    }
    return new Given(plain, named, more, moreNamed);
  }

  /** The arguments of a call, not yet evaluated. */
  record Given(
      List<Expression> plain,
      Map<String, Expression> named,
      @Nullable Expression more,
      @Nullable Expression moreNamed) {
    static final Given NOTHING = new Given(List.of(), Map.of(), null, null);

    Arguments in(Scope scope) {
      var values = Expressions.values(plain, scope);
      var byName = new LinkedHashMap<Text, @Nullable Object>();
      named.forEach((name, argument) -> byName.put(Text.of(name), argument.value(scope)));
      if (more != null) {
        values.addAll(Values.items(more.value(scope)));
      }
      if (moreNamed != null) {
        add(byName, moreNamed.value(scope));
      }
      return new Arguments(values, byName);
    }

    private static void add(Map<Text, @Nullable Object> byName, @Nullable Object more) {
      if (!(more instanceof Dict dict)) {
        throw new Fault("'**' stands before something that is no mapping");
      }
      for (Dict.Entry entry : dict.entries()) {
        if (!(entry.key() instanceof Text name) || byName.containsKey(name)) {
          throw new Fault("'**' gives an argument that can't be taken");
        }
        byName.put(name, entry.value());
      }
    }
  }
}
