package tayyar.jinja;

import java.util.List;

/** A piece of the template, with its line. */
record Node(int line, Body body) {

  /** The node's effect when it is rendered. */
  @FunctionalInterface
  interface Body {
    void render(Scope scope, TextBuilder out);
  }

  static void renderAll(List<Node> nodes, Scope scope, TextBuilder out) {
    for (Node node : nodes) {
      scope.budget.step();
      try {
        node.body.render(scope, out);
      } catch (Fault e) {
        throw e.at(node.line);
      }
    }
  }

  /** Renders nodes in a scope of their own. */
  static Text text(List<Node> nodes, Scope scope) {
    var out = new TextBuilder();
    renderAll(nodes, scope, out);
    return out.build();
  }
}
