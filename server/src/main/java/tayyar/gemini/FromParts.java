package tayyar.gemini;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.Refused;
import tayyar.openai.DataUrl;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The parts of a content, made of those of a chat's message. */
final class FromParts {
  /** What the server fetches itself: pages with a known type. */
  private static final Pattern PAGE = Pattern.compile("https://[^?#]*\\.([A-Za-z0-9]+)(?:[?#].*)?");

  private static final Map<String, String> TYPES =
      Map.of(
          "png", "image/png",
          "jpg", "image/jpeg",
          "jpeg", "image/jpeg",
          "webp", "image/webp",
          "heic", "image/heic",
          "heif", "image/heif",
          "gif", "image/gif",
          "pdf", "application/pdf");

  private final ServerFiles stored;
  private final Function<String, Refused> unable;
  private final ArrayNode parts = JsonBody.array();

  /**
   * No part yet.
   *
   * @param stored what is stored at the server
   * @param unable makes the error of what can't be said, by its place
   */
  FromParts(ServerFiles stored, Function<String, Refused> unable) {
    this.stored = stored;
    this.unable = unable;
  }

  /** Returns all of them. */
  ArrayNode parts() {
    return parts;
  }

  boolean areTexts() {
    return media().isEmpty();
  }

  /** Returns the texts as one. */
  String textAlone() {
    var all = new StringBuilder();
    parts.forEach(part -> all.append(part.path("text").asString("")));
    return all.toString();
  }

  /** Returns what is no text. */
  ArrayNode media() {
    ArrayNode media = JsonBody.array();
    for (JsonNode part : parts) {
      if (!part.has("text")) {
        media.add(part);
      }
    }
    return media;
  }

  /** Adds a message's content. */
  void all(JsonNode content, String where) {
    if (!content.isArray()) {
      text(content);
      return;
    }
    for (int i = 0; i < content.size(); i++) {
      part(content.get(i), where + "[" + i + "]");
    }
  }

  /** Adds a text; an empty one says nothing. */
  void text(JsonNode text) {
    if (!text.asString("").isEmpty()) {
      parts.addObject().set("text", text);
    }
  }

  private void part(JsonNode part, String where) {
    switch (part.path("type").asString("text")) {
      case "text" -> text(part.path("text"));
      case "refusal" -> text(part.path("refusal"));
      case "image_url" -> {
        JsonNode image = part.path("image_url");
        JsonNode url = image.isString() ? image : image.path("url");
        media(url.asString(""), where + ".image_url");
      }
      case "file" -> media(part.path("file").path("file_data").asString(""), where + ".file");
      case "input_audio" -> {
        JsonNode audio = part.path("input_audio");
        String type = audio.path("format").asString("wav").toLowerCase(Locale.ROOT);
        inline("audio/" + type, audio.path("data").asString(""));
      }
      default -> throw unable.apply(where + ".type");
    }
  }

  private void media(String url, String where) {
    DataUrl data = DataUrl.of(url);
    if (data != null) {
      if (data.type().isEmpty()) {
        throw unable.apply(where);
      }
      inline(data.type(), data.base64());
      return;
    }
    if (stored.has(url, where)) {
      parts.addObject().putObject("fileData").put("fileUri", url);
      return;
    }
    String type = type(url);
    if (type == null) {
      throw unable.apply(where);
    }
    parts.addObject().putObject("fileData").put("fileUri", url).put("mimeType", type);
  }

  /** The type of what is at an address; null where nobody knows it, or whose the address is. */
  private static @Nullable String type(String url) {
    Matcher page = PAGE.matcher(url);
    return page.matches() && !ServerFiles.host(url).isEmpty()
        ? TYPES.get(page.group(1).toLowerCase(Locale.ROOT))
        : null;
  }

  private void inline(String type, String base64) {
    parts.addObject().putObject("inlineData").put("mimeType", type).put("data", base64);
  }
}
