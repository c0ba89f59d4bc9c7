package tayyar.responses;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Usage;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.Ascii;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the response object, at each of its states.
 *
 * @param number makes the ids of the response and its items
 * @param created seconds since the epoch
 * @param repeated the members of the request that it repeats
 * @param keeper takes the last state, where it is to be stored; else null
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record ResponseJson(String number, long created, byte[] repeated, @Nullable Keeper keeper) {

  /** What a response of a target says otherwise. */
  private static final List<String> OURS =
      List.of("id", "created_at", "model", "previous_response_id", "background", "store");

  /** Stores responses. */
  @FunctionalInterface
  interface Keeper {
    /**
     * Takes the last state of a response.
     *
     * @return false where it is not stored after all
     */
    boolean keep(byte[] response);
  }

  /** How a response stands. */
  enum Status {
    IN_PROGRESS("in_progress"),
    COMPLETED("completed"),
    CUT("incomplete"),
    WITHHELD("incomplete"),
    FAILED("failed"),
    CANCELLED("cancelled");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    static Status of(@Nullable FinishReason reason) {
      return reason == FinishReason.LENGTH
          ? CUT
          : reason == FinishReason.CONTENT_FILTER ? WITHHELD : COMPLETED;
    }

    String word() {
      return word;
    }

    /** Returns the status of the last item. */
    String item() {
      return this == COMPLETED ? "completed" : "incomplete";
    }
  }

  /**
   * Returns the same where the target's server says how it served the request, which need not be as
   * it was asked.
   */
  ResponseJson served(Part.Member member) {
    boolean tier =
        member.place() == Part.Member.Place.ANSWER && member.name().equals(Repeated.TIER);
    return tier && member.json()[0] == '"'
        ? new ResponseJson(number, created, Repeated.served(repeated, member.json()), keeper)
        : this;
  }

  /** Returns the response's id. */
  String id() {
    return "resp_" + number;
  }

  /** Returns its first state. */
  byte[] begun(String model) {
    ByteBuf out = Unpooled.buffer(1024);
    write(out, model, Status.IN_PROGRESS, List.of(), null, null);
    return ByteBufUtil.getBytes(out);
  }

  /**
   * Returns the last state of a target that speaks this language too, as it came, but for what is
   * ours to say.
   */
  ObjectNode theirs(byte[] response, String model, Usage usage) {
    ObjectNode ours = JsonBody.read(begun(model));
    ObjectNode all = ours.deepCopy();
    LooseJson.tree(response, 0, response.length)
        .properties()
        .forEach(member -> all.set(member.getKey(), member.getValue()));
    for (String name : OURS) {
      all.set(name, ours.path(name));
    }
    if (!all.path("completed_at").isIntegralNumber()
        && all.path("status").asString("").equals("completed")) {
      all.put("completed_at", System.currentTimeMillis() / 1000);
    }
    if (!all.path("usage").isObject() || usage.estimated()) {
      ByteBuf out = Unpooled.buffer(256);
      usage(out, usage);
      all.set("usage", JsonBody.read(ByteBufUtil.getBytes(out)));
    }
    return all;
  }

  /** Writes such a state, which says whether it is stored. */
  void last(ByteBuf out, ObjectNode theirs) {
    byte[] json = JsonBody.bytes(theirs);
    if (keeper != null && !keeper.keep(json)) {
      json = JsonBody.bytes(theirs.put("store", false));
    }
    out.writeBytes(json);
  }

  /** Writes the last state, which says whether it is stored. */
  void last(
      ByteBuf out,
      String model,
      Status status,
      List<Item> items,
      @Nullable Usage usage,
      @Nullable ApiError error) {
    int from = out.writerIndex();
    write(out, model, status, items, usage, error);
    if (keeper != null && !keeper.keep(ByteBufUtil.getBytes(out, from, out.writerIndex() - from))) {
      out.writerIndex(from);
      write(out, model, status, items, usage, error, false);
    }
  }

  /**
   * Writes it as it is now.
   *
   * @param usage null while the answer goes on
   */
  void write(
      ByteBuf out,
      String model,
      Status status,
      List<Item> items,
      @Nullable Usage usage,
      @Nullable ApiError error) {
    write(out, model, status, items, usage, error, keeper != null);
  }

  private void write(
      ByteBuf out,
      String model,
      Status status,
      List<Item> items,
      @Nullable Usage usage,
      @Nullable ApiError error,
      boolean stored) {
    Ascii.write(out, "{\"id\":\"" + id() + "\",\"object\":\"response\",\"created_at\":");
    Ascii.write(out, created);
    boolean good = status == Status.COMPLETED;
    Ascii.write(
        out, ",\"completed_at\":" + (good ? "" + System.currentTimeMillis() / 1000 : "null"));
    Ascii.write(out, ",\"status\":\"" + status.word + "\",\"incomplete_details\":");
    Ascii.write(out, details(status));
    Ascii.write(out, ",\"error\":");
    error(out, error);
    Ascii.write(out, ",\"model\":\"");
    out.writeBytes(JsonText.escape(model));
    Ascii.write(out, "\",\"output\":[");
    for (Item item : items) {
      Ascii.write(out, item.index == 0 ? "" : ",");
      item.write(out, item.index == items.size() - 1 ? status.item() : "completed");
    }
    out.writeByte(']').writeBytes(repeated);
    Ascii.write(out, ",\"store\":" + stored + ",\"usage\":");
    usage(out, usage);
    out.writeByte('}');
  }

  private static String details(Status status) {
    return switch (status) {
      case CUT -> "{\"reason\":\"max_output_tokens\"}";
      case WITHHELD -> "{\"reason\":\"content_filter\"}";
      default -> "null";
    };
  }

  private static void error(ByteBuf out, @Nullable ApiError error) {
    if (error == null) {
      Ascii.write(out, "null");
      return;
    }
    Ascii.write(out, "{\"code\":\"");
    out.writeBytes(JsonText.escape(Failure.ofResponse(error)));
    Ascii.write(out, "\",\"message\":\"");
    out.writeBytes(JsonText.escape(error.message()));
    Ascii.write(out, "\"}");
  }

  private static void usage(ByteBuf out, @Nullable Usage usage) {
    if (usage == null) {
      Ascii.write(out, "null");
      return;
    }
    Ascii.write(out, "{\"input_tokens\":" + usage.promptTokens());
    Ascii.write(out, ",\"input_tokens_details\":{\"cached_tokens\":" + usage.cachedTokens());
    Ascii.write(out, "},\"output_tokens\":" + usage.completionTokens());
    Ascii.write(out, ",\"output_tokens_details\":{\"reasoning_tokens\":" + usage.reasoningTokens());
    Ascii.write(out, "},\"total_tokens\":" + usage.totalTokens() + "}");
  }
}
