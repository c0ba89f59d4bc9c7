package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} of a loop's body, and the running of a loop. */
final class Loop implements Members, Callable {

  /**
   * A loop as it is written in the template.
   *
   * @param filter takes only the items for which it is true
   * @param otherwise rendered where there is no item
   * @param recursive whether the body may call the loop
   */
  record Parts(
      Target target,
      @Nullable Expression filter,
      List<Node> nodes,
      List<Node> otherwise,
      boolean recursive) {}

  private final Parts parts;
  private final List<@Nullable Object> all;
  private final Scope around;
  private final int depth;
  private int index;
  private @Nullable List<@Nullable Object> last;

  private Loop(Parts parts, List<@Nullable Object> all, Scope around, int depth) {
    this.parts = parts;
    this.all = all;
    this.around = around;
    this.depth = depth;
  }

  static void run(
      Parts parts, List<@Nullable Object> items, Scope scope, TextBuilder out, int depth) {
    List<@Nullable Object> all = chosen(parts, items, scope);
    var loop = new Loop(parts, all, scope, depth);
    for (loop.index = 0; loop.index < all.size(); loop.index++) {
      scope.budget.step();
      var inner = new Scope(scope);
      inner.set("loop", loop);
      parts.target().assign(inner, all.get(loop.index));
      try {
        Node.renderAll(parts.nodes(), inner, out);
      } catch (Jump jump) {
        if (jump.leaves()) {
          break;
        }
      }
    }
    if (all.isEmpty()) {
      Node.renderAll(parts.otherwise(), new Scope(scope), out);
    }
  }

  private static List<@Nullable Object> chosen(
      Parts parts, List<@Nullable Object> items, Scope scope) {
    Expression filter = parts.filter();
    if (filter == null) {
      return items;
    }
    var some = new ArrayList<@Nullable Object>();
    for (Object item : items) {
      scope.budget.step();
      var inner = new Scope(scope);
      parts.target().assign(inner, item);
      if (Values.truth(filter.value(inner))) {
        some.add(item);
      }
    }
    return some;
  }

  int length() {
    return all.size();
  }

  /** Renders the body for other items, one level deeper. */
  @Override
  public Object call(Arguments given) {
    if (!parts.recursive()) {
      throw new Fault("a loop is called that is not 'recursive'");
    }
    var out = new TextBuilder();
    around.budget.enter();
    run(parts, Values.items(given.to("iterable").get(0)), around, out, depth + 1);
    around.budget.leave();
    return out.build();
  }

  @Override
  public @Nullable Object member(Text name) {
    return switch (name.chars()) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) all.size() - index;
      case "revindex0" -> all.size() - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == all.size() - 1;
      case "length" -> (long) all.size();
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" ->
          index > 0 ? all.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index + 1 < all.size() ? all.get(index + 1) : new Undefined("there is no next item");
      case "cycle" -> (Callable) this::cycle;
      case "changed" -> (Callable) this::changed;
      default -> new Undefined("a loop has no " + name.quoted());
    };
  }

  private @Nullable Object cycle(Arguments given) {
    if (given.plain().isEmpty()) {
      throw new Fault("a cycle has no items");
    }
    return given.plain().get(index % given.plain().size());
  }

  private Object changed(Arguments given) {
    List<@Nullable Object> before = last;
    last = given.plain();
    return before == null || !Comparison.equal(Seq.list(before), Seq.list(given.plain()));
  }

  @Override
  public Text shown() {
    return Text.of("<LoopContext " + (index + 1) + "/" + all.size() + ">");
  }
}
