package tayyar.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro, or the body of a {@code call} block. */
final class Macro implements Callable, Members {
  private static final Text CALLER = Text.of("caller");

  /**
   * A macro as it is written in the template.
   *
   * @param usual a parameter's default; null where it has none
   * @param caller whether the body reads a call block's body
   * @param more whether it takes more arguments than it has parameters
   * @param moreNamed whether it takes names that are no parameters
   */
  record Parts(
      String name,
      List<String> parameters,
      List<@Nullable Expression> usual,
      List<Node> nodes,
      boolean caller,
      boolean more,
      boolean moreNamed) {}

  private final Parts parts;
  private final Scope around;

  Macro(Parts parts, Scope around) {
    this.parts = parts;
    this.around = around;
  }

  @Override
  public Object call(Arguments given) {
    var inner = new Scope(around);
    var named = new LinkedHashMap<Text, @Nullable Object>(given.named());
    around.budget.enter();
    bind(given, named, inner);
    if (parts.caller()) {
      inner.set(
          "caller",
          named.containsKey(CALLER)
              ? named.remove(CALLER)
              : new Undefined("no call block is there"));
    }
    extra(given, named, inner);
    Text text = Node.text(parts.nodes(), inner);
    around.budget.leave();
    return text;
  }

  private void bind(Arguments given, Map<Text, @Nullable Object> named, Scope inner) {
    for (int i = 0; i < parts.parameters().size(); i++) {
      String name = parts.parameters().get(i);
      Expression usual = parts.usual().get(i);
      if (i < given.plain().size()) {
        inner.set(name, given.plain().get(i));
      } else if (named.containsKey(Text.of(name))) {
        inner.set(name, named.remove(Text.of(name)));
      } else {
        inner.set(
            name,
            usual == null
                ? new Undefined("the parameter '" + name + "' was not given")
                : usual.value(inner));
      }
    }
  }

  private void extra(Arguments given, Map<Text, @Nullable Object> named, Scope inner) {
    int count = Math.min(given.plain().size(), parts.parameters().size());
    if (parts.more()) {
      var rest = given.plain().subList(count, given.plain().size());
      inner.set("varargs", Seq.tuple(new ArrayList<>(rest)));
    } else if (given.plain().size() > count) {
      throw new Fault("the macro '" + parts.name() + "' takes no more than " + count + " values");
    }
    if (parts.moreNamed()) {
      var rest = new Dict();
      named.forEach((name, value) -> rest.put(name, value));
      inner.set("kwargs", rest);
    } else if (!named.isEmpty()) {
      String name = named.keySet().iterator().next().quoted();
      throw new Fault("the macro '" + parts.name() + "' has no parameter " + name);
    }
  }

  @Override
  public @Nullable Object member(Text name) {
    return switch (name.chars()) {
      case "name" -> Text.of(parts.name());
      case "arguments" ->
          Seq.tuple(new ArrayList<>(parts.parameters().stream().map(Text::of).toList()));
      case "catch_kwargs" -> parts.moreNamed();
      case "catch_varargs" -> parts.more();
      case "caller" -> parts.caller();
      default -> new Undefined("a macro has no " + name.quoted());
    };
  }

  @Override
  public Text shown() {
    return Text.of("<Macro '" + parts.name() + "'>");
  }
}
