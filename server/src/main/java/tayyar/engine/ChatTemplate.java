package tayyar.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tayyar.calls.Tools;
import tayyar.engine.Conversation.Ids;
import tayyar.engine.Conversation.Style;
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

  /** What templates call the tools that there are. */
  private static final List<String> TOOL_NAMES = List.of("tools", "xml_tools");

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

  /** Whether instructions are taken. */
  private final boolean instructs;

  /** What it gets where there are no tools. */
  private final @Nullable List<Object> noTools;

  private final CallHabit habit;

  private final List<Text> trials;

  /**
   * Reads a template and tries it.
   *
   * @throws Fault if it can't be read, or fails on each conversation it is tried on
   */
  ChatTemplate(String source, String bos, String eos) {
    this(source, null, bos, eos, List.of(eos));
  }

  /**
   * The same where answers end with one of several tokens.
   *
   * @param noTools what it gets where there are no tools
   * @param ends the tokens' names
   */
  ChatTemplate(
      String source, @Nullable List<Object> noTools, String bos, String eos, List<String> ends) {
    this.template = new Template(source);
    this.noTools = noTools;
    this.bos = bos;
    this.eos = eos;
    List<Text> plain = tryOut(false);
    List<Text> parts = tellsSomething(plain) ? List.of() : tryOut(true);
    boolean inParts = tellsSomething(parts);
    trials = inParts ? parts : plain;
    if (!tellsSomething(trials)) {
      LOG.atWarn().log("the chat template leaves out what the messages say");
    }
    instructs = instructs(inParts);
    habit =
        CallHabit.of(
            (messages, tools, asks, style) -> rendered(messages, tools, asks, style).chars(),
            ends.stream().filter(end -> !end.isEmpty()).toList(),
            inParts);
  }

  private boolean instructs(boolean inParts) {
    try {
      var style = new Style(inParts, false, Ids.ANY);
      return rendered(TRIALS.getLast(), null, true, style).chars().contains("Be kind");
    } catch (Raised | Fault e) {
      return false;
    }
  }

  /** How its model calls tools. */
  CallHabit habit() {
    return habit;
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
        trials.add(rendered(trial, null, true, new Style(inParts, false, Ids.ANY)));
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
   * @param tools that the model may call, or null
   * @throws Refused if the template does not take the conversation
   */
  Text render(List<Message> messages, @Nullable Tools tools) {
    try {
      List<Object> told = tools == null || !habit.tellsTools() ? null : tools.told();
      return rendered(folded(messages, tools), told, true, habit.style());
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

  /** What the template can't tell becomes plain messages. */
  private List<Message> folded(List<Message> messages, @Nullable Tools tools) {
    boolean called = messages.stream().anyMatch(message -> !message.json().isEmpty());
    List<Message> plain =
        called && !habit.tellsCalls() ? Folded.messages(messages, habit.shape()) : messages;
    return tools == null || habit.tellsTools() ? plain : Folded.instructed(plain, tools, instructs);
  }

  private Text rendered(
      List<Message> messages, @Nullable List<Object> tools, boolean asks, Style style) {
    var values = new HashMap<String, @Nullable Object>();
    values.put("messages", Conversation.values(messages, style));
    Object told = tools == null ? noTools : Conversation.said(tools);
    TOOL_NAMES.forEach(name -> values.put(name, told));
    values.put("documents", null);
    values.put("add_generation_prompt", asks);
    values.put("bos_token", bos);
    values.put("eos_token", eos);
    return template.render(values);
  }
}
