package tayyar.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tayyar.api.Model;
import tayyar.api.Target;

/** All models and their targets. Immutable but for the count of requests in flight. */
public final class Fleet {

  /**
   * A target with its share.
   *
   * @param target where
   * @param weight how many requests it gets beside the others, at least 1
   * @param inFlight requests under way
   */
  public record Member(Target target, int weight, AtomicInteger inFlight) {
    /** A target nobody uses yet. */
    public Member(Target target, int weight) {
      this(target, weight, new AtomicInteger());
    }
  }

  /** A model and the targets that can answer for it. */
  public record Served(Model model, List<Member> members) {}

  private final List<Served> all;
  private final Map<String, Served> byName = new HashMap<>();

  /**
   * A fleet.
   *
   * @throws IllegalArgumentException if two models have one name
   */
  public Fleet(List<Served> all) {
    this.all = List.copyOf(all);
    for (Served served : all) {
      name(served.model().id(), served);
      served.model().aliases().forEach(alias -> name(alias, served));
    }
  }

  private void name(String name, Served served) {
    if (byName.put(name, served) != null) {
      throw new IllegalArgumentException("Two models are called '" + name + "'.");
    }
  }

  /** The models, in the order of the configuration. */
  public List<Model> models() {
    return all.stream().map(Served::model).toList();
  }

  @Nullable Served find(String name) {
    return byName.get(name);
  }
}
