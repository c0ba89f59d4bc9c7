package tayyar.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of the Jinja template language that chat templates use, as an interpreter: a template is
 * parsed once into nodes, which any thread may render. Blocks swallow the newline behind them and
 * the blanks before them ({@code trim_blocks}, {@code lstrip_blocks}), as all makers of chat
 * templates expect. Time, depth and output of a rendering are bounded: a template comes with a
 * model's file and is nobody we know.
 *
 * @see <a href="https://jinja.palletsprojects.com/en/stable/templates/">Jinja, template designer
 *     documentation</a>
 */
public final class Template {
  /** Nodes that one rendering may visit. */
  private static final int STEPS_MAX = 5_000_000;

  /** Characters of one rendering. */
  static final int CHARS_MAX = 64 * 1024 * 1024;

  /** Macros inside macros. */
  private static final int DEPTH_MAX = 64;

  /** A template is wrong, or goes beyond its bounds. */
  public static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String message) {
      super(message, null, false, false);
    }
  }

  /** The template itself refuses, by {@code raise_exception}. */
  public static final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Raised(String message) {
      super(message, null, false, false);
    }
  }

  /** Ends the loop it is in, or the turn. */
  static final class Jump extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final boolean out;

    /** Leaves the loop, or else only its turn. */
    Jump(boolean out) {
      super(null, null, false, false);
      this.out = out;
    }
  }

  /** An expression. */
  @FunctionalInterface
  interface Expression {
    @Nullable Object value(Scope scope);
  }

  /** A piece of the template. */
  @FunctionalInterface
  interface Node {
    void render(Scope scope, StringBuilder out);
  }

  /** Something that can be called: a macro or a function of ours. */
  @FunctionalInterface
  interface Callable {
    @Nullable Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> named);
  }

  /** What one rendering may still use up. */
  static final class Budget {
    private int steps = STEPS_MAX;
    private int depth;

    void step(StringBuilder out) {
      if (--steps < 0 || out.length() > CHARS_MAX) {
        throw new Fault("the template does not come to an end");
      }
    }

    void enter() {
      if (++depth > DEPTH_MAX) {
        throw new Fault("the template calls itself too deep");
      }
    }

    void leave() {
      depth--;
    }
  }

  /** The names that are known at a place. */
  static final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, @Nullable Object> names = new HashMap<>();
    final Budget budget;

    Scope(Map<String, ? extends @Nullable Object> globals) {
      outer = null;
      budget = new Budget();
      names.putAll(globals);
    }

    Scope(Scope outer) {
      this.outer = outer;
      this.budget = outer.budget;
    }

    @Nullable Object get(String name) {
      for (Scope scope = this; scope != null; scope = scope.outer) {
        if (scope.names.containsKey(name)) {
          return scope.names.get(name);
        }
      }
      return Values.UNDEFINED;
    }

    void set(String name, @Nullable Object value) {
      names.put(name, value);
    }
  }

  private final List<Node> nodes;

  /**
   * Parses.
   *
   * @throws Fault if the template uses what is not known here
   */
  public Template(String source) {
    try {
      nodes = new Parser(Lexer.split(source)).template();
    } catch (StackOverflowError e) {
      throw new Fault("the template is nested too deep");
    }
  }

  /**
   * Renders.
   *
   * @throws Fault if it goes wrong
   * @throws Raised if the template refuses
   */
  public String render(Map<String, ? extends @Nullable Object> globals) {
    var out = new StringBuilder();
    try {
      var all = new HashMap<String, @Nullable Object>(globals);
      Globals.into(all);
      renderAll(nodes, new Scope(all), out);
    } catch (Jump | ClassCastException | IndexOutOfBoundsException | NumberFormatException e) {
      throw new Fault("the template does not fit its values");
    } catch (StackOverflowError e) {
      throw new Fault("the template calls itself too deep");
    }
    return out.toString();
  }

  static void renderAll(List<Node> nodes, Scope scope, StringBuilder out) {
    for (Node node : nodes) {
      scope.budget.step(out);
      node.render(scope, out);
    }
  }
}
