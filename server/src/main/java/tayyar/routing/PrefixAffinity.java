package tayyar.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Target;

/**
 * Takes the target whose prefix cache is warm: the one that answered this conversation before, else
 * the one that saw its system prompt last. Where that target has {@value #SLACK} requests more, for
 * its weight, than the least busy one, another policy picks, as for a new conversation. The last
 * {@value #REMEMBERED} conversations are remembered, by a hash.
 */
public final class PrefixAffinity implements Policy {
  private static final int REMEMBERED = 16_384;
  private static final double SLACK = 4;

  private final Policy otherwise;
  private final Map<Long, Target> warm =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Target> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Remembers nothing yet. */
  public PrefixAffinity(Policy otherwise) {
    this.otherwise = otherwise;
  }

  @Override
  public Replica choose(List<Replica> among, Ask ask) {
    long system = 1;
    long conversation = 1;
    for (Message message : ask.request().messages()) {
      conversation = mixed(conversation, message);
      if (message.role() != Role.SYSTEM && message.role() != Role.DEVELOPER) {
        break;
      }
      system = conversation;
    }
    Replica chosen = warm(among, conversation);
    chosen = chosen == null && system != 1 ? warm(among, system) : chosen;
    chosen = chosen == null ? otherwise.choose(among, ask) : chosen;
    warm.put(conversation, chosen.target());
    if (system != 1) {
      warm.put(system, chosen.target());
    }
    return chosen;
  }

  private @Nullable Replica warm(List<Replica> among, long prefix) {
    Target last = warm.get(prefix);
    double least = Double.MAX_VALUE;
    Replica found = null;
    for (Replica replica : among) {
      least = Math.min(least, replica.load());
      found = replica.target().equals(last) ? replica : found;
    }
    return found != null && found.load() <= least + SLACK ? found : null;
  }

  private static long mixed(long before, Message message) {
    String text = message.content();
    long next = before * 0x9E3779B97F4A7C15L + message.role().wire().hashCode();
    next = (next ^ (next >>> 32)) * 0xBF58476D1CE4E5B9L + text.hashCode();
    return (next ^ (next >>> 29)) * 0x94D049BB133111EBL + text.length();
  }
}
