package tayyar.grammar;

import static tayyar.grammar.Piece.seq;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Seq;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/**
 * A JSON schema as a grammar: what is written is valid, members in the schema's order and with few
 * blanks. A schema that says nothing of further members, but names some, gets none. What a grammar
 * can't hold is refused with its place.
 */
final class Schema {
  /** Schemas within a schema, those counted that a reference or a merge makes anew. */
  private static final int PARTS_MAX = 20_000;

  private static final int DEPTH_MAX = 150;
  private static final int MULTIPLES_MAX = 2_000;
  private static final List<String> TYPES =
      List.of("object", "array", "string", "number", "integer", "boolean", "null");

  private final Object root;
  private final String top;
  private final String prefix;
  private final Map<String, Piece> rules = new LinkedHashMap<>(JsonPieces.rules());
  private final Set<String> begun = new LinkedHashSet<>();
  private int parts;
  private int depth;

  private Schema(Object root, String top, String prefix) {
    this.root = root;
    this.top = top;
    this.prefix = prefix;
  }

  /**
   * The form of a schema, which stands in the request at this place.
   *
   * @param prefix of its rules' names, by which those of several schemas are told apart
   */
  static Draft draft(Object schema, String where, String prefix) {
    return draft(schema, schema, where, prefix);
  }

  /** The same of a part of a schema. */
  static Draft draft(Object root, Object schema, String where, String prefix) {
    var reading = new Schema(root, where, prefix);
    Piece start = reading.of(schema, where);
    return new Draft(start, reading.rules);
  }

  /** The form of any object. */
  static Draft anyObject() {
    return new Draft(JsonPieces.OBJECT, JsonPieces.rules());
  }

  /** The piece of a schema, as a rule, so that it can be used more than once. */
  Piece rule(Object schema, String at) {
    String name = prefix + rules.size();
    rules.put(name, Piece.NOTHING);
    rules.put(name, of(schema, at));
    return new Ref(name);
  }

  /** A piece as a rule, so that it can be used more than once. */
  Piece named(Piece piece) {
    String name = prefix + rules.size();
    rules.put(name, piece);
    return new Ref(name);
  }

  private Piece of(Object schema, String at) {
    if (++parts > PARTS_MAX || ++depth > DEPTH_MAX) {
      throw Faults.wrong(top, "has too many parts, or is too deep.");
    }
    try {
      return schema instanceof Boolean all
          ? (all ? JsonPieces.VALUE : Piece.NOTHING)
          : of(Keywords.known(schema, at), at);
    } finally {
      depth--;
    }
  }

  private Piece of(Map<String, Object> schema, String at) {
    if (schema.get("$ref") instanceof String ref) {
      return reference(ref, without(schema, "$ref"), at);
    }
    if (schema.containsKey("allOf")) {
      return allOf(schema, at);
    }
    for (String key : List.of("anyOf", "oneOf")) {
      if (schema.containsKey(key)) {
        return alternatives(schema, key, at);
      }
    }
    if (Boolean.TRUE.equals(schema.get("nullable"))) {
      return Piece.any(of(without(schema, "nullable"), at), "null");
    }
    if (schema.containsKey("const") || schema.containsKey("enum")) {
      return literals(schema, at);
    }
    return typed(schema, at);
  }

  private static Map<String, Object> without(Map<String, Object> schema, String key) {
    var rest = new LinkedHashMap<>(schema);
    rest.remove(key);
    return rest;
  }

  private Piece reference(String ref, Map<String, Object> rest, String at) {
    Object target = Keywords.target(root, ref, at + ".$ref");
    String name = prefix + "ref " + ref + (rest.isEmpty() ? "" : Json.written(rest));
    if (begun.add(name)) {
      rules.put(name, Piece.NOTHING);
      String place = ref.equals("#") ? top : top + "." + ref.substring(2).replace('/', '.');
      Object both = rest.isEmpty() ? target : Merge.both(target, rest, at);
      rules.put(name, of(both, place));
    }
    return new Ref(name);
  }

  private Piece allOf(Map<String, Object> schema, String at) {
    Object merged = without(schema, "allOf");
    List<Object> all = Keywords.list(schema, "allOf", at);
    for (int i = 0; i < all.size(); i++) {
      Object each = all.get(i);
      String place = at + ".allOf[" + i + "]";
      Object plain = each instanceof Boolean ? each : resolved(Keywords.known(each, place), place);
      merged = Merge.both(merged, plain, place);
    }
    return of(merged, at);
  }

  /** A schema without a reference at its top. */
  private Object resolved(Map<String, Object> schema, String at) {
    Object now = schema;
    for (int i = 0; now instanceof Map<?, ?> map && map.get("$ref") instanceof String ref; i++) {
      if (i > DEPTH_MAX) {
        throw Faults.wrong(at + ".$ref", "refers to itself.");
      }
      Object target = Keywords.target(root, ref, at + ".$ref");
      Object plain = target instanceof Boolean ? target : Keywords.known(target, at);
      now = Merge.both(plain, without(Keywords.known(now, at), "$ref"), at);
    }
    return now;
  }

  private Piece alternatives(Map<String, Object> schema, String key, String at) {
    Map<String, Object> rest = without(schema, key);
    List<Piece> all = new ArrayList<>();
    List<Object> given = Keywords.list(schema, key, at);
    for (int i = 0; i < given.size(); i++) {
      String place = at + "." + key + "[" + i + "]";
      Object each = given.get(i);
      if (!rest.isEmpty()) {
        Object plain =
            each instanceof Boolean ? each : resolved(Keywords.known(each, place), place);
        each = Merge.both(rest, plain, place);
      }
      all.add(of(each, place));
    }
    return new Any(all);
  }

  private static Piece literals(Map<String, Object> schema, String at) {
    Set<String> beside = new LinkedHashSet<>(schema.keySet());
    beside.removeAll(Set.of("const", "enum", "type"));
    if (!beside.isEmpty()) {
      throw Faults.wrong(
          at + "." + beside.iterator().next(), "can't be held together with given values.");
    }
    List<Object> values =
        schema.containsKey("enum")
            ? Keywords.list(schema, "enum", at)
            : List.of(schema.getOrDefault("const", Json.NULL));
    List<Piece> all = new ArrayList<>();
    for (Object value : values) {
      boolean fits = !schema.containsKey("const") || Merge.equal(value, schema.get("const"));
      if (fits && Merge.isOfType(value, types(schema, at))) {
        all.add(new Text(Json.written(value)));
      }
    }
    return new Any(all);
  }

  private static List<String> types(Map<String, Object> schema, String at) {
    Object type = schema.get("type");
    List<?> all = type == null ? TYPES : type instanceof List<?> list ? list : List.of(type);
    List<String> out = new ArrayList<>();
    for (Object each : all) {
      if (!(each instanceof String name) || !TYPES.contains(name)) {
        throw Faults.wrong(at + ".type", "must be one of " + TYPES + ", or some of them.");
      }
      out.add(name);
    }
    return out;
  }

  private Piece typed(Map<String, Object> schema, String at) {
    if (!schema.containsKey("type")) {
      String meant = Keywords.meant(schema);
      return meant == null ? JsonPieces.VALUE : typed(schema, meant, at);
    }
    List<Piece> all = new ArrayList<>();
    List<String> types = types(schema, at);
    for (String type : types) {
      if (!type.equals("integer") || !types.contains("number")) {
        all.add(typed(schema, type, at));
      }
    }
    return all.size() == 1 ? all.getFirst() : new Any(all);
  }

  private Piece typed(Map<String, Object> schema, String type, String at) {
    return switch (type) {
      case "object" -> new Members(this, schema, at).piece();
      case "array" -> array(schema, at);
      case "string" -> string(schema, at);
      case "number", "integer" -> number(schema, type.equals("integer"), at);
      case "boolean" -> JsonPieces.BOOLEAN;
      default -> new Text("null");
    };
  }

  private static Piece string(Map<String, Object> schema, String at) {
    return Strings.of(
        Strings.length(schema.get("minLength"), 0, at + ".minLength"),
        Strings.length(schema.get("maxLength"), Piece.ENDLESS, at + ".maxLength"),
        Keywords.text(schema, "pattern", at),
        Keywords.text(schema, "format", at),
        at);
  }

  private Piece array(Map<String, Object> schema, String at) {
    if (Boolean.TRUE.equals(schema.get("uniqueItems"))) {
      throw Faults.wrong(at + ".uniqueItems", "can't be held.");
    }
    boolean old = schema.get("items") instanceof List<?>;
    List<Object> first =
        old
            ? Keywords.list(schema, "items", at)
            : schema.containsKey("prefixItems")
                ? Keywords.list(schema, "prefixItems", at)
                : List.of();
    Object rest = schema.getOrDefault(old ? "additionalItems" : "items", true);
    int least = Strings.length(schema.get("minItems"), 0, at + ".minItems");
    int most = Strings.length(schema.get("maxItems"), Piece.ENDLESS, at + ".maxItems");
    Piece further = seq(JsonPieces.COMMA, rule(rest, at + ".items"));
    int more = most == Piece.ENDLESS ? most : Math.max(0, most - first.size());
    Piece tail = new Times(further, Math.max(0, least - first.size()), more);
    if (first.isEmpty()) {
      tail = elements(rule(rest, at + ".items"), further, least, most);
    }
    for (int i = first.size() - 1; i >= 0; i--) {
      Piece one = rule(first.get(i), at + ".prefixItems[" + i + "]");
      Piece here = seq(i == 0 ? Piece.EMPTY : JsonPieces.COMMA, one, tail);
      tail = i >= most ? Piece.EMPTY : i >= least ? Piece.maybe(here) : here;
    }
    return seq("[", JsonPieces.BLANKS, tail, JsonPieces.BLANKS, "]");
  }

  private static Piece elements(Piece one, Piece further, int least, int most) {
    if (most == 0) {
      return least > 0 ? Piece.NOTHING : Piece.EMPTY;
    }
    int more = most == Piece.ENDLESS ? most : most - 1;
    Piece all = new Seq(List.of(one, new Times(further, Math.max(0, least - 1), more)));
    return least == 0 ? Piece.maybe(all) : all;
  }

  private static Piece number(Map<String, Object> schema, boolean whole, String at) {
    BigDecimal step = Keywords.number(schema, "multipleOf", at);
    if (step != null) {
      step = step.stripTrailingZeros();
      if (step.signum() <= 0) {
        throw Faults.wrong(at + ".multipleOf", "must be more than 0.");
      }
    }
    BigDecimal least = Keywords.number(schema, "minimum", at);
    BigDecimal above = Keywords.number(schema, "exclusiveMinimum", at);
    BigDecimal most = Keywords.number(schema, "maximum", at);
    BigDecimal below = Keywords.number(schema, "exclusiveMaximum", at);
    boolean isAbove = above != null && (least == null || above.compareTo(least) >= 0);
    boolean isBelow = below != null && (most == null || below.compareTo(most) <= 0);
    var bounds =
        new Numbers.Bounds(isAbove ? above : least, isAbove, isBelow ? below : most, isBelow, step);
    if (step != null && !step.unscaledValue().equals(BigInteger.ONE)) {
      return multiples(bounds, step, whole, at);
    }
    if (step == null && bounds.least() == null && bounds.most() == null) {
      return whole ? JsonPieces.INTEGER : JsonPieces.NUMBER;
    }
    return whole ? Numbers.integers(bounds, at) : Numbers.decimals(bounds, at);
  }

  /** The multiples of a number between two bounds, one by one. */
  private static Piece multiples(Numbers.Bounds bounds, BigDecimal step, boolean whole, String at) {
    BigDecimal least = bounds.least();
    BigDecimal most = bounds.most();
    if (least == null || most == null) {
      throw Faults.wrong(at + ".multipleOf", "can be a power of ten, or needs two bounds.");
    }
    BigDecimal from = least.divide(step, 0, RoundingMode.CEILING);
    BigDecimal count = most.divide(step, 0, RoundingMode.FLOOR).subtract(from);
    if (count.compareTo(BigDecimal.valueOf(MULTIPLES_MAX)) > 0) {
      throw Faults.wrong(at + ".multipleOf", "has more than " + MULTIPLES_MAX + " multiples.");
    }
    List<Piece> all = new ArrayList<>();
    for (BigDecimal i = BigDecimal.ZERO; i.compareTo(count) <= 0; i = i.add(BigDecimal.ONE)) {
      BigDecimal value = from.add(i).multiply(step).stripTrailingZeros();
      boolean low = bounds.above() && value.compareTo(least) == 0;
      boolean high = bounds.below() && value.compareTo(most) == 0;
      if (!low && !high && (!whole || value.scale() <= 0)) {
        all.add(new Text(value.toPlainString()));
      }
    }
    return new Any(all);
  }

  /** A further member, with none of these names; null where there is none. */
  @Nullable Piece free(Object additional, Set<String> names, String at) {
    return Boolean.FALSE.equals(additional)
        ? null
        : seq(FreeNames.of(names), JsonPieces.COLON, rule(additional, at));
  }
}
