package tayyar.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * What logs, metrics and the ledger call the targets of a model: host and port, and as much more as
 * tells two of them apart.
 */
final class TargetNames {
  /** From the shortest on. */
  private static final List<Function<TargetAt, String>> FORMS =
      List.of(TargetNames::place, TargetNames::path, TargetNames::deployment);

  private TargetNames() {}

  /** In the targets' order, no name twice. */
  static List<String> of(List<TargetAt> targets) {
    List<String> names = targets.stream().map(FORMS.getFirst()).toList();
    for (Function<TargetAt, String> longer : FORMS.subList(1, FORMS.size())) {
      names = apart(names, targets, longer);
    }
    return numbered(names);
  }

  private static List<String> apart(
      List<String> names, List<TargetAt> targets, Function<TargetAt, String> longer) {
    Map<String, Integer> often = new HashMap<>();
    names.forEach(name -> often.merge(name, 1, Integer::sum));
    List<String> told = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      told.add(often.getOrDefault(name, 0) > 1 ? longer.apply(targets.get(i)) : name);
    }
    return told;
  }

  /** Those that differ in their key alone. */
  private static List<String> numbered(List<String> names) {
    Set<String> taken = new HashSet<>();
    List<String> told = new ArrayList<>();
    for (String name : names) {
      String its = name;
      for (int i = 2; !taken.add(its); i++) {
        its = name + " #" + i;
      }
      told.add(its);
    }
    return told;
  }

  private static String place(TargetAt target) {
    return target.url().getHost() + ":" + target.port();
  }

  private static String path(TargetAt target) {
    return place(target) + plain(Objects.requireNonNullElse(target.url().getRawPath(), ""));
  }

  private static String deployment(TargetAt target) {
    return path(target) + " " + plain(target.model());
  }

  /** A name is sent in a header's field, which takes no other characters. */
  private static String plain(String text) {
    return text.replaceAll("[^!-~]", "_");
  }
}
