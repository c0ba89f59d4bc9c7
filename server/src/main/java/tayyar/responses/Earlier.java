package tayyar.responses;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.DialectFault;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.stored.Kept;
import tayyar.stored.Shelf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What a request names of an organisation's stored responses: the conversation that it goes on
 * with, and single items. Blocks.
 */
final class Earlier {
  /** The ids of our items: that of their response, and their place in it. */
  private static final Pattern ITEM =
      Pattern.compile("[a-z]{2,4}_([0-9a-z]{1,64})_(?:in)?[0-9]{1,6}");

  private final Shelf shelf;
  private final String organisationId;
  private final Room room;
  private final int bytesMax;
  private int bytes;

  /**
   * Of an organisation.
   *
   * @param room the memory for what is read
   * @param bytesMax above which a conversation is refused
   */
  Earlier(Shelf shelf, String organisationId, Room room, int bytesMax) {
    this.shelf = shelf;
    this.organisationId = organisationId;
    this.room = room;
    this.bytesMax = bytesMax;
  }

  /** Whether anything was named, and stands in its place now. */
  boolean found() {
    return bytes > 0;
  }

  /** Returns a request's own items, those that it names in their places. */
  ArrayNode own(JsonNode input) {
    ArrayNode items = JsonBody.array();
    if (input.isString()) {
      items.addObject().put("type", "message").put("role", "user").set("content", input);
      return items;
    }
    for (int i = 0; i < input.size(); i++) {
      JsonNode item = input.get(i);
      boolean named = item.path("type").asString("").equals("item_reference");
      items.add(named ? item(item.path("id").asString(""), "input[" + i + "]") : item);
    }
    return items;
  }

  private JsonNode item(String id, String where) {
    Matcher ours = ITEM.matcher(id);
    if (ours.matches()) {
      Kept kept = shelf.find(organisationId, "resp_" + ours.group(1), room);
      if (kept != null) {
        count(kept, where);
        for (JsonNode item : items(kept)) {
          if (item.path("id").asString("").equals(id)) {
            return item;
          }
        }
      }
    }
    throw notStored(where);
  }

  /** Returns all items of the conversation that ends with a response, from its beginning. */
  ArrayNode conversation(String id) {
    Deque<Kept> all = new ArrayDeque<>();
    @Nullable String next = id;
    while (next != null) {
      Kept kept = shelf.find(organisationId, next, room);
      if (kept == null) {
        throw notStored("previous_response_id");
      }
      if (kept.running()) {
        throw new Refused(
            new ApiError.OfDialect(new DialectFault.StillAnswered("previous_response_id")));
      }
      count(kept, "previous_response_id");
      all.addFirst(kept);
      next = kept.previousId();
    }
    ArrayNode items = JsonBody.array();
    all.forEach(kept -> items.addAll(items(kept)));
    return items;
  }

  private void count(Kept kept, String where) {
    bytes += kept.input().length + kept.response().length;
    if (bytes > bytesMax) {
      throw new Refused(
          new ApiError.InputTooLarge(
              where, "names a conversation of more than " + bytesMax + " bytes."));
    }
  }

  private static Refused notStored(String where) {
    return new Refused(new ApiError.OfDialect(new DialectFault.NotStored(where)));
  }

  /** All items of a response: its own input's, then its output's. */
  private static ArrayNode items(Kept kept) {
    ArrayNode all = inputs(kept);
    tree(kept.response()).path("output").forEach(all::add);
    return all;
  }

  /** The items of a response's input as clients see them, each with an id. */
  static ArrayNode inputs(Kept kept) {
    ArrayNode all = JsonBody.array();
    int index = 0;
    for (JsonNode item : tree(kept.input())) {
      all.add(InputItem.shown(item, kept.id(), index++));
    }
    return all;
  }

  private static JsonNode tree(byte[] json) {
    return LooseJson.tree(json, 0, json.length);
  }
}
