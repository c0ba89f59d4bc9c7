package tayyar.responses;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Part.Native.Step;
import tayyar.api.Sink.Kind;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.CollectedAnswer.Collected;
import tayyar.dialect.Gathered;
import tayyar.dialect.Held;

/** A response as one document. */
final class ResponsesDocument implements CollectedAnswer.Form {
  private ResponseJson head;
  private final boolean summary;
  private final Sources sources = new Sources();

  ResponsesDocument(ResponseJson head, boolean summary) {
    this.head = head;
    this.summary = summary;
  }

  @Override
  public void write(ByteBuf out, Collected answer) {
    for (Held.Entry entry : answer.held().entries()) {
      if (entry instanceof Held.Native(_, var part) && part.step() == Step.END) {
        head.last(out, head.theirs(part.json(), answer.model(), answer.usage()));
        return;
      }
    }
    made(out, answer);
  }

  private void made(ByteBuf out, Collected answer) {
    var items = new ArrayList<Item>();
    for (Held.Entry entry : answer.held().entries()) {
      switch (entry) {
        case Held.Text text -> text(items, text);
        case Held.Call call -> {
          Item item = Item.of(call.first(), head.number(), items.size());
          add(item.text, call.arguments().copy());
          items.add(item);
        }
        case Held.Member(_, var member) -> {
          head = head.served(member);
          sealed(items, member);
          sources.take(member);
          tellSources(items);
        }
        case Held.Native _ -> {}
      }
    }
    FinishReason reason = answer.finishes().isEmpty() ? null : answer.finishes().getLast().reason();
    head.last(out, answer.model(), ResponseJson.Status.of(reason), items, answer.usage(), null);
  }

  private void tellSources(List<Item> items) {
    if (!items.isEmpty()) {
      Item last = items.getLast();
      sources.of(last).forEach(source -> last.source(source, ResponsesDocument::counted));
    }
  }

  private void sealed(List<Item> items, Part.Member member) {
    for (String sealed : Sealed.of(member)) {
      item(items, Kind.REASONING).seal(sealed);
    }
  }

  /** Returns the item that a text of a kind belongs to, a new one if need be. */
  private Item item(List<Item> items, Kind kind) {
    Item item = items.isEmpty() ? null : items.getLast();
    if (item == null || !item.takes(kind)) {
      item = Item.of(kind, summary, head.number(), items.size());
      items.add(item);
    }
    return item;
  }

  private void text(List<Item> items, Held.Text text) {
    Item item = item(items, text.kind());
    add(text.kind() == Kind.REFUSAL ? item.refusal : item.text, text.json().copy());
    if (text.logprobs().size() > 0 && text.kind() == Kind.CONTENT) {
      item.logprobs(LogprobEntries.whole(text.logprobs().copy()), ResponsesDocument::counted);
    }
    tellSources(items);
  }

  /** The parts' memory was counted when they came. */
  private static void counted(long bytes) {}

  private static void add(Gathered to, byte[] bytes) {
    to.add(bytes, 0, bytes.length, ResponsesDocument::counted);
  }
}
