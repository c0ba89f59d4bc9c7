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
 * Names a model's targets for logs, metrics and the ledger: host and port, and as much more as
 * tells two targets apart.
 */
final class TargetNames {
  /** Forms of a name, the shortest first. */
  private static final List<Function<TargetAt, String>> FORMS =
      List.of(TargetNames::place, TargetNames::path, TargetNames::deployment);

  private TargetNames() {}

  /** The names in the targets' order, each of them once. */
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

  /** Numbers the names of targets that differ only in their key. */
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

  /** Replaces characters that a header's field does not take: the name is sent in one. */
  private static String plain(String text) {
    return text.replaceAll("[^!-~]", "_");
  }
}
