package tayyar.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Message;
import tayyar.api.Refused;
import tayyar.jinja.Template;

/**
 * A model's own chat template. Safe for use by any thread.
 *
 * @see <a href="https://huggingface.co/docs/transformers/chat_templating">Transformers, chat
 *     templates</a>
 */
final class ChatTemplate {
  /**
   * A part of a prompt.
   *
   * @param fromTemplate false for what somebody said: names of control tokens are only text there
   */
  record Segment(String text, boolean fromTemplate) {}

  private final Template template;
  private final String bos;
  private final String eos;

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if it uses what is not known here
   */
  ChatTemplate(String source, String bos, String eos) {
    try {
      this.template = new Template(source);
    } catch (Template.Fault e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    this.bos = bos;
    this.eos = eos;
  }

  /**
   * The prompt for the next answer.
   *
   * @throws Refused if the template does not take the conversation
   */
  String render(List<Message> messages) {
    return render(messages, messages.stream().map(Message::content).toList());
  }

  /**
   * The same, with what was said kept apart from the template's own text. The parts joined are
   * always what {@link #render} gives; where a template changes what was said beyond trimming it,
   * all is one part.
   */
  List<Segment> renderSegments(List<Message> messages) {
    String plain = render(messages);
    List<Segment> parts = segments(messages, plain, message -> true);
    if (parts == null) {
      // Templates of thinking models cut the thoughts out of earlier answers.
      parts = segments(messages, plain, message -> message.role() != Message.Role.ASSISTANT);
    }
    return parts == null ? List.of(new Segment(plain, true)) : parts;
  }

  private @Nullable List<Segment> segments(
      List<Message> messages, String plain, Predicate<Message> marked) {
    char mark = unused(messages);
    var contents = new ArrayList<String>();
    for (Message message : messages) {
      contents.add(marked.test(message) ? mark + "" + contents.size() + mark : message.content());
    }
    try {
      return match(render(messages, contents), mark, plain, messages);
    } catch (Refused e) {
      return null;
    }
  }

  /** A character for private use that nobody said: it marks where what was said goes. */
  private static char unused(List<Message> messages) {
    for (char c = '\uE000'; c < '\uF900'; c++) {
      String mark = Character.toString(c);
      if (messages.stream().noneMatch(message -> message.content().contains(mark))) {
        return c;
      }
    }
    throw new Refused(
        new ApiError.InvalidValue("messages", "hold every character meant for private use."));
  }

  /** Finds the marked prompt's own text in the plain one; what lies between is what was said. */
  private static @Nullable List<Segment> match(
      String marked, char sign, String plain, List<Message> messages) {
    var parts = new ArrayList<Segment>();
    int at = 0;
    int from = 0;
    while (true) {
      int mark = marked.indexOf(sign, from);
      String own = marked.substring(from, mark < 0 ? marked.length() : mark);
      if (!plain.startsWith(own, at)) {
        return null;
      }
      add(parts, own, true);
      at += own.length();
      if (mark < 0) {
        return at == plain.length() ? parts : null;
      }
      int end = marked.indexOf(sign, mark + 1);
      int next = marked.indexOf(sign, end + 1);
      String behind = marked.substring(end + 1, next < 0 ? marked.length() : next);
      int index = Integer.parseInt(marked.substring(mark + 1, end));
      String said = said(messages.get(index).content(), plain, at, behind);
      if (said == null) {
        return null;
      }
      add(parts, said, false);
      at += said.length();
      from = end + 1;
    }
  }

  private static void add(List<Segment> parts, String text, boolean fromTemplate) {
    if (!text.isEmpty()) {
      parts.add(new Segment(text, fromTemplate));
    }
  }

  private static @Nullable String said(String content, String plain, int at, String behind) {
    List<String> forms =
        List.of(content, content.strip(), content.stripLeading(), content.stripTrailing());
    for (String form : forms) {
      if (plain.startsWith(form, at) && plain.startsWith(behind, at + form.length())) {
        return form;
      }
    }
    return null;
  }

  private String render(List<Message> messages, List<String> contents) {
    var globals = new HashMap<String, @Nullable Object>();
    var list = new ArrayList<Map<String, @Nullable Object>>();
    for (int i = 0; i < messages.size(); i++) {
      var message = new LinkedHashMap<String, @Nullable Object>();
      message.put("role", role(messages.get(i)));
      message.put("content", contents.get(i));
      list.add(message);
    }
    globals.put("messages", list);
    globals.put("tools", null);
    globals.put("documents", null);
    globals.put("add_generation_prompt", true);
    globals.put("bos_token", bos);
    globals.put("eos_token", eos);
    try {
      return template.render(globals);
    } catch (Template.Raised | Template.Fault e) {
      throw new Refused(
          new ApiError.InvalidValue(
              "messages", "are not taken by the model's chat template: " + e.getMessage()));
    }
  }

  /** Templates know the older word for instructions. */
  private static String role(Message message) {
    return message.role() == Message.Role.DEVELOPER ? "system" : message.role().wire();
  }
}
