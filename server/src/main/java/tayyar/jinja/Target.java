package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Token.Kind;

/** The left side of an assignment. */
sealed interface Target {
  void assign(Scope scope, @Nullable Object value);

  /** A name. */
  record Name(String name) implements Target {
    @Override
    public void assign(Scope scope, @Nullable Object value) {
      scope.set(name, value);
    }
  }

  /** A member of a namespace. */
  record Member(String of, String name) implements Target {
    @Override
    public void assign(Scope scope, @Nullable Object value) {
      if (!(scope.get(of) instanceof Namespace namespace)) {
        throw new Fault("'" + name + "' is set in something that is no namespace");
      }
      namespace.set(Text.of(name), value);
    }
  }

  /** Several targets, each of which gets an item. */
  record Several(List<Target> all) implements Target {
    @Override
    public void assign(Scope scope, @Nullable Object value) {
      List<@Nullable Object> items = Values.items(value);
      if (items.size() != all.size()) {
        throw new Fault(all.size() + " values are needed, and " + items.size() + " are there");
      }
      for (int i = 0; i < all.size(); i++) {
        all.get(i).assign(scope, items.get(i));
      }
    }
  }

  /** Reads a target, with or without brackets, up to a keyword. */
  static Target read(Cursor tokens, boolean members, String... ends) {
    var all = new ArrayList<Target>();
    boolean several = false;
    do {
      if (atEnd(tokens, ends)) {
        break;
      }
      all.add(single(tokens, members));
      several |= tokens.at(",");
    } while (tokens.take(","));
    if (all.isEmpty()) {
      throw tokens.unexpected("a name");
    }
    return several ? new Several(List.copyOf(all)) : all.getFirst();
  }

  private static boolean atEnd(Cursor tokens, String... ends) {
    return tokens.at(Kind.BLOCK_END)
        || tokens.at(")")
        || List.of(ends).stream().anyMatch(tokens::at);
  }

  private static Target single(Cursor tokens, boolean members) {
    if (tokens.take("(")) {
      Target inside = read(tokens, false);
      tokens.expect(")");
      return inside;
    }
    String name = tokens.name();
    if (List.of("true", "false", "none", "True", "False", "None").contains(name)) {
      throw tokens.fault("'" + name + "' can't be set");
    }
    return members && tokens.take(".") ? new Member(name, tokens.name()) : new Name(name);
  }
}
