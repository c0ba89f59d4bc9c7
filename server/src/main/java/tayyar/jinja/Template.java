package tayyar.jinja;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A template, parsed once into nodes that any thread may render. It renders as Python's Jinja does
 * in the environment of chat templates: immutable sandbox, {@code trim_blocks}, {@code
 * lstrip_blocks}, loop controls, {@code tojson} that escapes no HTML. Time, depth and size of a
 * rendering are bounded: a template comes with a model's file and is not trusted.
 *
 * @see <a href="https://jinja.palletsprojects.com/en/stable/templates/">Jinja, template designer
 *     documentation</a>
 * @see <a href="https://huggingface.co/docs/transformers/chat_templating_writing">Transformers,
 *     writing a chat template</a>
 */
public final class Template {
  private final List<Node> nodes;

  /**
   * Parses.
   *
   * @throws Fault if the template uses something unknown to this interpreter
   */
  public Template(String source) {
    try {
      nodes = Statements.template(source);
    } catch (StackOverflowError e) {
      throw new Fault("the template is nested too deep");
    }
  }

  /**
   * Renders.
   *
   * @param values the names that the template may read, with null, booleans, numbers, texts ({@link
   *     Text} or, for text that nobody said, strings), and lists and maps of these
   * @throws Fault if the rendering fails
   * @throws Raised if the template refuses
   */
  public Text render(Map<String, ? extends @Nullable Object> values) {
    return render(values, ZonedDateTime.now(ZoneId.systemDefault()));
  }

  Text render(Map<String, ? extends @Nullable Object> values, ZonedDateTime now) {
    Map<String, @Nullable Object> names = Globals.at(now);
    values.forEach((name, value) -> names.put(name, Values.of(value)));
    try {
      return Node.text(nodes, new Scope(new Scope(names)));
    } catch (StackOverflowError e) {
      throw new Fault("the template calls itself too deep");
    }
  }
}
