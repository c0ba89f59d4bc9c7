package tayyar.testing;

import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Usage;

/** Ignores an answer; a test overrides the calls that it checks. */
public class QuietSink implements Sink {
  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {}

  @Override
  public void part(int choice, Part part) {}

  @Override
  public void flush() {}

  @Override
  public void finish(int choice, FinishReason reason) {}

  @Override
  public void usage(Usage usage) {}

  @Override
  public void done() {}

  @Override
  public void failed(ApiError error) {}
}
