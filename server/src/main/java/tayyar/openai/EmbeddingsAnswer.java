package tayyar.openai;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Usage;
import tayyar.dialect.Answer;
import tayyar.dialect.Reply;
import tayyar.wire.Ascii;

/**
 * Vectors as one JSON document.
 *
 * @see <a href="https://github.com/openai/openai-openapi">CreateEmbeddingResponse</a>
 */
final class EmbeddingsAnswer implements Answer {
  private final Reply reply;
  private final int bytesMax;
  private final Room room;
  private final List<byte[]> vectors = new ArrayList<>();
  private String model;
  private int bytes;
  private boolean headOut;
  private @Nullable Cost cost;

  EmbeddingsAnswer(Reply reply, String model, int bytesMax, Room room) {
    this.reply = reply;
    this.model = model;
    this.bytesMax = bytesMax;
    this.room = room;
  }

  @Override
  public void model(String name) {
    model = name;
  }

  @Override
  public void part(int choice, Part part) {
    if (part instanceof Part.Vector(byte[] json)) {
      add(json);
    }
  }

  private void add(byte[] json) {
    bytes += json.length;
    if (bytes > bytesMax) {
      throw new Refused(
          new ApiError.InputTooLarge(
              "input", "makes an answer of more than " + bytesMax + " bytes; send less at once."));
    }
    room.need(json.length);
    vectors.add(json);
  }

  @Override
  public boolean headOut() {
    return headOut;
  }

  @Override
  public void cost(Usage of, Cost its) {
    cost = its;
  }

  @Override
  public Future<Void> complete(Usage usage) {
    headOut = true;
    ByteBuf out = reply.events();
    ascii(out, "{\"object\":\"list\",\"data\":[");
    for (int i = 0; i < vectors.size(); i++) {
      ascii(out, (i == 0 ? "" : ",") + "{\"object\":\"embedding\",\"index\":" + i);
      ascii(out, ",\"embedding\":");
      out.writeBytes(vectors.get(i)).writeByte('}');
    }
    ascii(out, "],\"model\":\"");
    out.writeBytes(JsonText.escape(model));
    ascii(out, "\",\"usage\":{\"prompt_tokens\":" + usage.promptTokens());
    ascii(out, ",\"total_tokens\":" + usage.totalTokens());
    Chunks.cost(out, cost);
    ascii(out, usage.estimated() ? ",\"estimated\":true}}" : "}}");
    return reply.whole(out);
  }

  @Override
  public Future<Void> fail(ApiError error) {
    headOut = true;
    return reply.error(error);
  }

  private static void ascii(ByteBuf out, String text) {
    Ascii.write(out, text);
  }
}
