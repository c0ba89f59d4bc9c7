package tayyar.admin;

import java.util.List;
import java.util.Set;
import tayyar.api.Model;

/** What a running gateway serves, for its operator. Safe for use by any thread. */
public interface Served {
  /** The models, in the order of the configuration. */
  List<Model> models();

  /** The regions that targets are in, by the operator's words. */
  Set<String> regions();

  /** The targets of all models. */
  List<TargetState> targets();

  /**
   * Gives a target no new requests, or ends that; requests under way go on.
   *
   * @return false where the model has no target of this name
   */
  boolean drain(String model, String target, boolean drained);

  /** Takes in at once what was changed in the store. */
  void look();

  /**
   * One target of one model.
   *
   * @param name as logs and metrics call it
   * @param state {@code well}, {@code avoided} (it keeps failing), {@code resting} (it asked for a
   *     pause) or {@code drained}; of an embedded model that is not in memory {@code absent},
   *     {@code waiting} (for memory), {@code loading} or {@code unloading}
   * @param restSeconds what is left of its rest; 0 where it does not rest
   * @param inFlight requests under way
   */
  record TargetState(String model, String name, String state, long restSeconds, int inFlight) {}
}
