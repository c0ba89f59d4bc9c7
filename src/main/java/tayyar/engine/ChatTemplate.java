package tayyar.engine;

import java.util.ArrayList;
import java.util.List;
import tayyar.api.Message;

/** Temporary: ChatML. */
final class ChatTemplate {
  record Segment(String text, boolean fromTemplate) {}

  ChatTemplate(String source, String bos, String eos) {}

  List<Segment> renderSegments(List<Message> messages) {
    var out = new ArrayList<Segment>();
    for (Message m : messages) {
      out.add(new Segment("<|im_start|>" + m.role().wire() + "\n", true));
      out.add(new Segment(m.content(), false));
      out.add(new Segment("<|im_end|>\n", true));
    }
    out.add(new Segment("<|im_start|>assistant\n", true));
    return out;
  }
}
