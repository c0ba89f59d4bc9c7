package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Usage;

/**
 * What a document says, kept until all of it is understood: of one that is not, nothing is given,
 * and another target may be asked. The texts it is given must not change. Not safe for use by more
 * than one thread.
 */
public final class Collected implements Sink {
  private final List<Consumer<Sink>> said = new ArrayList<>(4);

  /** Gives all of it on, in its order. */
  public void giveTo(Sink sink) {
    said.forEach(each -> each.accept(sink));
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    said.add(sink -> sink.delta(choice, kind, json, from, to));
  }

  @Override
  public void part(int choice, Part part) {
    said.add(sink -> sink.part(choice, part));
  }

  @Override
  public void finish(int choice, FinishReason reason) {
    said.add(sink -> sink.finish(choice, reason));
  }

  @Override
  public void usage(Usage usage) {
    said.add(sink -> sink.usage(usage));
  }

  @Override
  public void flush() {}

  @Override
  public void done() {}

  @Override
  public void failed(ApiError error) {}
}
