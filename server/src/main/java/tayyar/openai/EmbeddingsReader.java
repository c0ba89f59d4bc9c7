package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads an upstream's answer to a request for embeddings and gives each vector on in the form the
 * client asked for, whatever the upstream chose. Where both are numbers, their digits stay as they
 * are. Nothing is given before all of it is understood.
 */
final class EmbeddingsReader {
  private final Asked.Embeddings asked;

  /** By input; an empty one has not come. */
  private final byte[][] vectors;

  private int entries;
  private int missing;
  private boolean wrong;

  /** A vector has something in it that is no number, as models make them of odd inputs. */
  private boolean noNumber;

  private @Nullable Usage usage;

  EmbeddingsReader(Asked.Embeddings asked) {
    this.asked = asked;
    this.vectors = new byte[asked.inputs()][0];
    this.missing = asked.inputs();
  }

  /**
   * Reads a whole answer and gives it to a sink.
   *
   * @return null, or what is wrong with it; the sink was given nothing then
   */
  @Nullable ApiError read(byte[] json, Sink sink) {
    try (JsonParser p = LooseJson.parser(json, 0, json.length)) {
      if (p.nextToken() == JsonToken.START_OBJECT) {
        members(p);
      }
    } catch (StreamConstraintsException e) {
      return new ApiError.UnreadableAnswer("it is nested too deep, or a part of it too long.");
    } catch (JacksonException e) {
      return new ApiError.UpstreamFailed("its answer is not JSON.");
    }
    if (noNumber) {
      return new ApiError.UnreadableAnswer("a vector of it has something in it that is no number.");
    }
    if (wrong || missing > 0) {
      ApiError error = ErrorBody.findEvent(json, 0, json.length);
      return error == null
          ? new ApiError.UpstreamFailed("its answer does not have one vector for each input.")
          : error;
    }
    for (int i = 0; i < vectors.length; i++) {
      sink.part(i, new Part.Vector(vectors[i]));
    }
    if (usage != null) {
      sink.usage(usage);
    }
    return null;
  }

  private void members(JsonParser p) {
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      if (name.equals("data") && value == JsonToken.START_ARRAY) {
        data(p);
      } else if (name.equals("usage") && value == JsonToken.START_OBJECT) {
        usage(p);
      } else {
        p.skipChildren();
      }
    }
  }

  private void data(JsonParser p) {
    while (p.nextToken() == JsonToken.START_OBJECT) {
      int index = entries++;
      byte[] vector = null;
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        JsonToken value = p.nextToken();
        if (name.equals("index") && value == JsonToken.VALUE_NUMBER_INT) {
          index = LooseJson.integer(p);
        } else if (name.equals("embedding")) {
          vector = vector(p, value);
        } else {
          p.skipChildren();
        }
      }
      keep(index, vector);
    }
  }

  private void keep(int index, byte @Nullable [] vector) {
    if (vector == null || index < 0 || index >= vectors.length || vectors[index].length > 0) {
      wrong = true;
    } else {
      vectors[index] = vector;
      missing--;
    }
  }

  private byte @Nullable [] vector(JsonParser p, JsonToken value) {
    if (value == JsonToken.START_ARRAY) {
      return asked.base64() ? encoded(p) : copied(p);
    }
    if (value != JsonToken.VALUE_STRING) {
      p.skipChildren();
      return null;
    }
    byte[] floats = floats(p.getString());
    if (floats == null) {
      return null;
    }
    return asked.base64() ? Part.Vector.base64(floats).json() : numbers(floats);
  }

  private static byte @Nullable [] floats(String base64) {
    try {
      byte[] floats = Base64.getDecoder().decode(base64);
      return floats.length == 0 || floats.length % Float.BYTES != 0 ? null : floats;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The numbers as they stand there. */
  private byte @Nullable [] copied(JsonParser p) {
    var out = new ByteArrayOutputStream(8 * 1024);
    int before = '[';
    while (number(p)) {
      out.write(before);
      out.writeBytes(p.getString().getBytes(US_ASCII));
      before = ',';
    }
    out.write(']');
    return before == ',' ? out.toByteArray() : null;
  }

  private byte @Nullable [] encoded(JsonParser p) {
    var floats = new ByteArrayOutputStream(8 * 1024);
    while (number(p)) {
      int bits = Float.floatToIntBits(p.getFloatValue());
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        floats.write(bits >>> shift);
      }
    }
    return floats.size() == 0 ? null : Part.Vector.base64(floats.toByteArray()).json();
  }

  /** Steps to the next number of an array. */
  private boolean number(JsonParser p) {
    JsonToken next = p.nextToken();
    while (next != JsonToken.END_ARRAY && !(next.isNumeric() && !p.isNaN())) {
      noNumber = true;
      p.skipChildren();
      next = p.nextToken();
    }
    return next != JsonToken.END_ARRAY;
  }

  /** Infinite ones are no JSON. */
  private byte[] numbers(byte[] littleEndian) {
    ByteBuffer floats = ByteBuffer.wrap(littleEndian).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      noNumber |= !Float.isFinite(floats.getFloat());
    }
    return Part.Vector.numbers(littleEndian).json();
  }

  /** All that is read is prompt. */
  private void usage(JsonParser p) {
    UsageReader.Told told = UsageReader.object(p);
    int prompt = told.prompt() > 0 ? told.prompt() : told.total();
    usage = prompt > 0 ? new Usage(prompt, 0, 0, false) : usage;
  }
}
