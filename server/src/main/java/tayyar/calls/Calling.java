package tayyar.calls;

import tayyar.grammar.CallShape;

/**
 * How an answer may call tools.
 *
 * @param shape what its calls look like
 * @param tools those that may be called
 * @param first whether a call is told from text at the answer's beginning alone, because its text
 *     has a form, in which a call's signs may stand as well
 */
public record Calling(CallShape shape, Tools tools, boolean first) {
  String beginning(String name) {
    return shape.beginning(name, first);
  }
}
