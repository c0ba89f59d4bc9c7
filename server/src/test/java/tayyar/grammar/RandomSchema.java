package tayyar.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A schema made at random, with an instance of it, both as JSON. */
final class RandomSchema {
  private static final String[] NAMES = {"a", "ab", "اسم", "q\\\"", "b\\\\c", "\\n", "z z", "é"};

  private final Random random;
  private String instance = "";

  RandomSchema(Random random) {
    this.random = random;
  }

  /** An instance of what {@link #next} made last. */
  String instance() {
    return instance;
  }

  String next(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> made("{\"type\":\"boolean\"}", random.nextBoolean() ? "true" : "false");
      case 1 -> integer();
      case 2 -> number();
      case 3 -> string();
      case 4 -> made("{\"enum\":[\"نعم\",\"لا\",7,null]}", "\"لا\"");
      case 5 -> made("{\"const\":{\"x\":[1,\"ي\"]}}", "{\"x\":[1,\"ي\"]}");
      case 6 -> object(depth - 1);
      case 7 -> array(depth - 1);
      default -> either(depth - 1);
    };
  }

  private String made(String schema, String its) {
    instance = its;
    return schema;
  }

  private String integer() {
    int least = random.nextInt(-3_000, 3_000);
    int most = least + random.nextInt(2_000);
    int value = random.nextInt(least, most + 1);
    return made(
        "{\"type\":\"integer\",\"minimum\":" + least + ",\"maximum\":" + most + "}", "" + value);
  }

  private String number() {
    int least = random.nextInt(-500, 500);
    int most = least + random.nextInt(1, 300);
    int value = random.nextInt(least, most + 1);
    String bounds = "\"minimum\":" + hundredth(least) + ",\"maximum\":" + hundredth(most);
    return made("{\"type\":\"number\"," + bounds + "}", hundredth(value));
  }

  private static String hundredth(int value) {
    return java.math.BigDecimal.valueOf(value, 2).toPlainString();
  }

  private String string() {
    int least = random.nextInt(4);
    int most = least + random.nextInt(5);
    String value = "ب".repeat(random.nextInt(least, most + 1));
    return made(
        "{\"type\":\"string\",\"minLength\":" + least + ",\"maxLength\":" + most + "}",
        '"' + value + '"');
  }

  private String object(int depth) {
    List<String> members = new ArrayList<>();
    List<String> values = new ArrayList<>();
    List<String> required = new ArrayList<>();
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        members.add('"' + name + "\":" + next(depth));
        boolean must = random.nextBoolean();
        if (must) {
          required.add('"' + name + '"');
        }
        if (must || random.nextBoolean()) {
          values.add('"' + name + "\":" + instance);
        }
      }
    }
    String more = random.nextBoolean() ? "false" : "{\"type\":\"integer\"}";
    return made(
        "{\"type\":\"object\",\"properties\":{"
            + String.join(",", members)
            + "},\"required\":["
            + String.join(",", required)
            + "],\"additionalProperties\":"
            + more
            + "}",
        "{" + String.join(",", values) + "}");
  }

  private String array(int depth) {
    String items = next(depth);
    int least = random.nextInt(3);
    int most = least + random.nextInt(3);
    List<String> all = java.util.Collections.nCopies(random.nextInt(least, most + 1), instance);
    return made(
        "{\"type\":\"array\",\"items\":"
            + items
            + ",\"minItems\":"
            + least
            + ",\"maxItems\":"
            + most
            + "}",
        "[" + String.join(",", all) + "]");
  }

  private String either(int depth) {
    String one = next(depth);
    String its = instance;
    String other = next(depth);
    return made("{\"anyOf\":[" + one + "," + other + "]}", random.nextBoolean() ? its : instance);
  }
}
