package tayyar.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tayyar.jinja.Token.Kind;

/** A position in a template's tokens. */
final class Cursor {
  private final List<Token> tokens;
  private int at;

  /** The names that each macro under way reads, the innermost first. */
  private final Deque<Set<String>> reads = new ArrayDeque<>();

  /** Unknown filters and tests that stand outside of any condition. */
  final List<Fault> unknown = new ArrayList<>();

  Cursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token second() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    at += token.kind() == Kind.END ? 0 : 1;
    return token;
  }

  boolean at(Kind kind) {
    return peek().kind() == kind;
  }

  boolean at(String sign) {
    return peek().is(sign);
  }

  boolean take(String sign) {
    if (at(sign)) {
      at++;
      return true;
    }
    return false;
  }

  boolean takeBoth(String sign, String another) {
    if (at(sign) && second().is(another)) {
      at += 2;
      return true;
    }
    return false;
  }

  void expect(String sign) {
    if (!take(sign)) {
      throw unexpected("'" + sign + "'");
    }
  }

  Token expect(Kind kind) {
    if (!at(kind)) {
      throw unexpected(kind == Kind.NAME ? "a name" : kind == Kind.BLOCK_END ? "'%}'" : "'}}'");
    }
    return next();
  }

  String name() {
    return expect(Kind.NAME).text();
  }

  Fault unexpected(String wanted) {
    return fault(wanted + " was expected, not '" + peek().shown() + "'");
  }

  Fault fault(String what) {
    return new Fault(what, peek().line());
  }

  /**
   * Forgets unknown names inside a condition, which may never be reached; they are a fault only
   * when they are.
   */
  void forgetUnknown(int before) {
    unknown.subList(before, unknown.size()).clear();
  }

  void read(String name) {
    if (!reads.isEmpty()) {
      reads.peek().add(name);
    }
  }

  /** Begins to collect the names that are read. */
  void gather() {
    reads.push(new HashSet<>());
  }

  /** The names read since then; they count for the macros around as well. */
  Set<String> gathered() {
    Set<String> names = reads.pop();
    if (!reads.isEmpty()) {
      reads.peek().addAll(names);
    }
    return names;
  }
}
