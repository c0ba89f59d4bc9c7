package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import tayyar.jinja.Lexer.Kind;
import tayyar.jinja.Lexer.Token;
import tayyar.jinja.Template.Fault;

/** Goes through the tokens of one statement or output. */
class Cursor {
  private final List<Token> tokens;
  private int at;

  Cursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  String name() {
    Token token = next();
    if (token.kind() != Kind.NAME) {
      throw new Fault("a name was expected, not '" + token.text() + "'");
    }
    return token.text();
  }

  boolean take(String sign) {
    if (peek().is(sign)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String sign) {
    if (!take(sign)) {
      throw new Fault("'" + sign + "' was expected, not '" + peek().text() + "'");
    }
  }

  List<String> namesUntil(String keyword) {
    var names = new ArrayList<String>();
    boolean bracket = take("(");
    do {
      names.add(name());
    } while (take(","));
    if (bracket) {
      expect(")");
    }
    expect(keyword);
    return names;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    Token token = tokens.get(at);
    at += token.kind() == Kind.END ? 0 : 1;
    return token;
  }

  Token second() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  boolean takeBoth(String sign, String another) {
    if (peek().is(sign) && second().is(another)) {
      at += 2;
      return true;
    }
    return false;
  }
}
