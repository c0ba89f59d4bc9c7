package tayyar.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A YAML document as a tree, with the line of each value. */
sealed interface Yaml {
  /** The line of the value; the first line is 1. */
  int line();

  /** A word, a number, a text; YAML's null is the empty text. */
  record Scalar(String text, int line) implements Yaml {}

  /** A list. */
  record Items(List<Yaml> all, int line) implements Yaml {}

  /**
   * Keys with values.
   *
   * @param lines the line of each key
   */
  record Fields(Map<String, Yaml> all, Map<String, Integer> lines, int line) implements Yaml {
    /** No keys. */
    static Fields none(int line) {
      return new Fields(Map.of(), Map.of(), line);
    }
  }

  /**
   * Reads a document; an empty one has no keys.
   *
   * @throws ConfigException where it is no YAML or has a key twice
   */
  static Yaml read(String text) {
    try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
      Yaml all = parser.nextToken() == null ? Fields.none(1) : value(parser);
      if (parser.nextToken() != null) {
        int line = parser.currentTokenLocation().getLineNr();
        throw new ConfigException("line " + line + ": there is more than one document; leave one");
      }
      return all;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new ConfigException("line " + line + ": this is no YAML");
    }
  }

  private static Yaml value(JsonParser parser) {
    int line = parser.currentTokenLocation().getLineNr();
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw new ConfigException(
          "line " + line + ": '*" + parser.getString() + "' is not read; write the value itself");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> fields(parser, line);
      case START_ARRAY -> items(parser, line);
      case VALUE_NULL -> new Scalar("", line);
      default -> new Scalar(parser.getString(), line);
    };
  }

  private static Fields fields(JsonParser parser, int line) {
    Map<String, Yaml> all = new LinkedHashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      int at = parser.currentTokenLocation().getLineNr();
      parser.nextToken();
      if (all.put(name, value(parser)) != null) {
        throw new ConfigException("line " + at + ": the key '" + name + "' is there twice");
      }
      lines.put(name, at);
    }
    return new Fields(all, lines, line);
  }

  private static Items items(JsonParser parser, int line) {
    List<Yaml> all = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      all.add(value(parser));
    }
    return new Items(all, line);
  }
}
