package tayyar.grammar;

import static tayyar.grammar.Piece.any;
import static tayyar.grammar.Piece.maybe;
import static tayyar.grammar.Piece.seq;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/** The objects of a schema: its members in their order, then further ones. */
final class Members {
  private final Schema schema;
  private final String at;
  private final Map<String, Object> members = new LinkedHashMap<>();
  private final Set<String> required = new LinkedHashSet<>();
  private final Object additional;

  Members(Schema schema, Map<String, Object> words, String at) {
    this.schema = schema;
    this.at = at;
    Object named = words.getOrDefault("properties", Map.of());
    if (!(named instanceof Map<?, ?> map)) {
      throw Faults.wrong(at + ".properties", "must be an object.");
    }
    map.forEach((name, its) -> members.put((String) name, its));
    additional = words.getOrDefault("additionalProperties", members.isEmpty());
    if (words.containsKey("required")) {
      readRequired(words);
    }
    int least = Strings.length(words.get("minProperties"), 0, at + ".minProperties");
    if (least > required.size()) {
      throw Faults.wrong(at + ".minProperties", "can't be held beyond the required members.");
    }
    int most = Strings.length(words.get("maxProperties"), Piece.ENDLESS, at + ".maxProperties");
    boolean open = !Boolean.FALSE.equals(additional);
    if (most != Piece.ENDLESS && (open || most < members.size())) {
      throw Faults.wrong(at + ".maxProperties", "can't be held below the members there may be.");
    }
  }

  private void readRequired(Map<String, Object> words) {
    if (!(words.get("required") instanceof List<?> names)) {
      throw Faults.wrong(at + ".required", "must be an array of names.");
    }
    for (Object name : names) {
      if (!(name instanceof String text)) {
        throw Faults.wrong(at + ".required", "must be an array of names.");
      }
      required.add(text);
      members.putIfAbsent(text, words.getOrDefault("additionalProperties", true));
    }
  }

  Piece piece() {
    Piece free = schema.free(additional, members.keySet(), at + ".additionalProperties");
    Piece first = end(free, true);
    Piece next = end(free, false);
    for (String name : members.keySet().stream().toList().reversed()) {
      Piece member = member(name);
      boolean must = required.contains(name);
      Piece then = ruled(next);
      Piece alone = seq(member, then);
      Piece behind = seq(JsonPieces.COMMA, member);
      first = must ? alone : any(alone, ruled(first));
      next = seq(must ? behind : maybe(behind), then);
    }
    return seq("{", JsonPieces.BLANKS, first, JsonPieces.BLANKS, "}");
  }

  private Piece member(String name) {
    Object its = members.getOrDefault(name, true);
    Piece value = schema.rule(its, at + ".properties." + Faults.shown(name));
    return seq(new Text(Json.quoted(name)), JsonPieces.COLON, value);
  }

  private Piece ruled(Piece piece) {
    return piece instanceof Ref || piece.equals(Piece.EMPTY) ? piece : schema.named(piece);
  }

  private static Piece end(@Nullable Piece free, boolean first) {
    if (free == null) {
      return Piece.EMPTY;
    }
    Piece more = new Times(seq(JsonPieces.COMMA, free), 0, Piece.ENDLESS);
    return first ? maybe(seq(free, more)) : more;
  }
}
