package tayyar.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tayyar.jinja.Fault;
import tayyar.jinja.Raised;
import tayyar.jinja.Template;
import tayyar.jinja.Text;

/**
 * A model's own chat template. Safe for use by any thread.
 *
 * @see <a href="https://huggingface.co/docs/transformers/chat_templating">Transformers, chat
 *     templates</a>
 */
final class ChatTemplate {
  private static final Logger LOG = LoggerFactory.getLogger(ChatTemplate.class);

  /** Conversations that a template is tried on; at least one must do. */
  private static final List<List<Message>> TRIALS =
      List.of(
          List.of(new Message(Role.USER, "Hi")),
          List.of(
              new Message(Role.USER, "Hi"),
              new Message(Role.ASSISTANT, "Hello"),
              new Message(Role.USER, "Hi")),
          List.of(
              new Message(Role.SYSTEM, "Be kind"),
              new Message(Role.USER, "Hi"),
              new Message(Role.ASSISTANT, "Hello"),
              new Message(Role.USER, "Hi")));

  private final Template template;
  private final String bos;
  private final String eos;

  /** Whether a message's content is a list of parts, as templates of models that see want it. */
  private final boolean inParts;

  private final List<Text> trials;

  /**
   * Reads a template and tries it.
   *
   * @throws Fault if it can't be read, or fails on each conversation it is tried on
   */
  ChatTemplate(String source, String bos, String eos) {
    this.template = new Template(source);
    this.bos = bos;
    this.eos = eos;
    List<Text> plain = tryOut(false);
    List<Text> parts = tellsSomething(plain) ? List.of() : tryOut(true);
    inParts = tellsSomething(parts);
    trials = inParts ? parts : plain;
    if (!tellsSomething(trials)) {
      LOG.atWarn().log("the chat template leaves out what the messages say");
    }
  }

  /** Whether some prompt holds what a message said. */
  private static boolean tellsSomething(List<Text> prompts) {
    return prompts.stream().anyMatch(prompt -> prompt.saidWithin(0, prompt.chars().length()));
  }

  private List<Text> tryOut(boolean inParts) {
    var trials = new ArrayList<Text>();
    Fault first = null;
    for (List<Message> trial : TRIALS) {
      try {
        trials.add(rendered(trial, inParts));
      } catch (Raised e) {
        LOG.atDebug().addKeyValue("messages", trial.size()).log("the chat template refuses");
      } catch (Fault e) {
        first = first == null ? e : first;
      }
    }
    if (first != null && trials.isEmpty()) {
      throw first;
    }
    if (first != null) {
      LOG.atWarn()
          .addKeyValue("reason", first.reason())
          .log("the chat template fails on some conversations");
    }
    return trials;
  }

  /** The prompt of the shortest conversation it was tried on, or an empty one. */
  Text shortest() {
    return trials.isEmpty() ? Text.of("") : trials.getFirst();
  }

  /** The prompt of the longest conversation it was tried on, or an empty one. */
  Text longest() {
    return trials.isEmpty() ? Text.of("") : trials.getLast();
  }

  /**
   * The prompt for the next answer; it knows what of it the messages said.
   *
   * @throws Refused if the template does not take the conversation
   */
  Text render(List<Message> messages) {
    try {
      return rendered(messages, inParts);
    } catch (Raised e) {
      throw new Refused(
          new ApiError.InvalidValue(
              "messages", "are not taken by the model's chat template: " + e.reason()));
    } catch (Fault e) {
      LOG.atError()
          .addKeyValue("reason", e.reason())
          .log("the chat template fails on a conversation");
      throw new Refused(new ApiError.TemplateFailed(e.reason()));
    }
  }

  private Text rendered(List<Message> messages, boolean inParts) {
    var list = new ArrayList<Map<String, @Nullable Object>>();
    for (Message message : messages) {
      var one = new LinkedHashMap<String, @Nullable Object>();
      one.put("role", role(message));
      Text said = Text.said(message.content());
      one.put("content", inParts ? List.of(Map.of("type", "text", "text", said)) : said);
      list.add(one);
    }
    var values = new HashMap<String, @Nullable Object>();
    values.put("messages", list);
    values.put("tools", null);
    values.put("documents", null);
    values.put("add_generation_prompt", true);
    values.put("bos_token", bos);
    values.put("eos_token", eos);
    return template.render(values);
  }

  /** Templates know the older word for instructions. */
  private static String role(Message message) {
    return message.role() == Role.DEVELOPER ? "system" : message.role().wire();
  }
}
