package tayyar.routing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.api.Target;

/** All models and the targets that can answer for them. Immutable. */
public final class Fleet {

  /**
   * A target with its share.
   *
   * @param target the server
   * @param weight its share of the requests beside the others, at least 1
   * @param capacity requests it takes at once; 0 is any number
   * @param judged whether it is avoided when it keeps failing; not where the supervisor of a worker
   *     sees to that
   */
  public record Member(Target target, int weight, int capacity, boolean judged) {
    /** A member that is judged. */
    public Member(Target target, int weight, int capacity) {
      this(target, weight, capacity, true);
    }
  }

  /**
   * The rules by which a model's requests are spread.
   *
   * @param policy picks the target
   * @param fallback ids of the models, in order, that answer where this one can't
   * @param queueMax requests that may wait for a target with room
   * @param streams the answers that are asked for as streams
   * @param bounds the model's deadlines
   */
  public record Rules(
      Policy policy, List<String> fallback, int queueMax, Streams streams, Bounds bounds) {
    /** Refuses values out of range. */
    public Rules {
      fallback = List.copyOf(fallback);
    }
  }

  /**
   * A model, the targets that can answer for it, each of them once, and the rules of their choice.
   */
  public record Served(Model model, List<Member> members, Rules rules) {
    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if a target is there twice
     */
    public Served {
      members = List.copyOf(members);
      Set<Target> targets = new HashSet<>();
      for (Member member : members) {
        if (!targets.add(member.target())) {
          throw new IllegalArgumentException(
              "The model '"
                  + model.id()
                  + "' has the target "
                  + member.target().name()
                  + " twice.");
        }
      }
    }

    /** Whether one of its targets is in one of these regions. */
    boolean isIn(Set<String> regions) {
      return members.stream()
          .anyMatch(member -> regions.contains(member.target().access().region()));
    }
  }

  private final List<Served> all;
  private final Map<String, Served> byName = new HashMap<>();

  /**
   * A fleet.
   *
   * @throws IllegalArgumentException if two models have one name, or a fallback names none
   */
  public Fleet(List<Served> all) {
    this.all = List.copyOf(all);
    for (Served served : all) {
      name(served.model().id(), served);
      served.model().aliases().forEach(alias -> name(alias, served));
    }
    for (Served served : all) {
      for (String name : served.rules().fallback()) {
        if (!byName.containsKey(name)) {
          throw new IllegalArgumentException("There is no model '" + name + "' to fall back to.");
        }
      }
    }
  }

  private void name(String name, Served served) {
    if (byName.put(name, served) != null) {
      throw new IllegalArgumentException("Two models are called '" + name + "'.");
    }
  }

  /** The models, in the order of the configuration. */
  public List<Served> all() {
    return all;
  }

  @Nullable Served find(String name) {
    return byName.get(name);
  }
}
