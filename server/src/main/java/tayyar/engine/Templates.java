package tayyar.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Message;
import tayyar.calls.Tools;
import tayyar.jinja.Fault;
import tayyar.jinja.Text;

/**
 * A model's chat templates. Some have one of their own for conversations with tools, and only that
 * one shows how the model was taught to call them. Safe for use by any thread.
 *
 * @see <a
 *     href="https://huggingface.co/docs/transformers/v4.45.2/chat_templating#why-do-some-models-have-multiple-templates">Transformers,
 *     models with several templates</a>
 */
final class Templates {
  private static final Logger LOG = LoggerFactory.getLogger(Templates.class);

  /** The other template's name. */
  static final String FOR_TOOLS = "tool_use";

  private final ChatTemplate usual;
  private final ChatTemplate withTools;

  /**
   * Reads them and tries them.
   *
   * @param forTools the one for conversations with tools, or null; one that can't be used is passed
   *     over
   * @param ends the names of the tokens that end an answer
   * @throws Fault if the usual one can't be used
   */
  Templates(String usual, @Nullable String forTools, String bos, String eos, List<String> ends) {
    this.usual = new ChatTemplate(usual, null, bos, eos, ends);
    this.withTools = forTools == null ? this.usual : withTools(forTools, bos, eos, ends);
  }

  private ChatTemplate withTools(String source, String bos, String eos, List<String> ends) {
    try {
      // Without tools such a template need not work, so that no tools are an empty list.
      var its = new ChatTemplate(source, List.of(), bos, eos, ends);
      return its.habit().tellsTools() ? its : usual;
    } catch (Fault e) {
      LOG.atWarn()
          .addKeyValue("reason", e.reason())
          .log("the chat template for tools can't be used");
      return usual;
    }
  }

  /** How the model calls tools. */
  CallHabit habit() {
    return withTools.habit();
  }

  /** The shortest prompt that the usual one was tried on, or an empty one. */
  Text shortest() {
    return usual.shortest();
  }

  /** The longest prompt that the usual one was tried on, or an empty one. */
  Text longest() {
    return usual.longest();
  }

  /**
   * The prompt for the next answer; it knows what of it the messages said.
   *
   * @param tools that the model may call, or null
   * @throws tayyar.api.Refused if the template does not take the conversation
   */
  Text render(List<Message> messages, @Nullable Tools tools) {
    return (tools == null ? usual : withTools).render(messages, tools);
  }
}
